import { eq } from "drizzle-orm";
import { packings } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import type { JobRow, Slice } from "../../jobs/slice.ts";
import { galleryKey } from "../galleries/keys.ts";
import { findPacking } from "./get.ts";
import { checkpointKey, resultKey } from "./keys.ts";

/** One slice of a packing, from its last checkpoint. */
export async function advancePacking(deps: Dependencies, job: JobRow): Promise<Slice> {
  const packing = await findPacking(deps, job.resourceId);
  const { started = false, reportAfter = -1 } = job.state as {
    started?: boolean;
    reportAfter?: number;
  };
  const key = checkpointKey(packing.id);
  const slice = await deps.optimizer.runSlice({
    spec: packing.spec,
    galleryKey: galleryKey(packing.galleryId),
    ...(packing.initialGalleryId ? { initialKey: galleryKey(packing.initialGalleryId) } : {}),
    ...(packing.extends ? { frozenKey: resultKey(packing.extends) } : {}),
    ...(packing.repelledGalleryId ? { repelledKey: galleryKey(packing.repelledGalleryId) } : {}),
    checkpointKey: started ? key : null,
    outputKey: key,
    resultKey: resultKey(packing.id),
    reportAfter,
    budgetSeconds: deps.sliceSeconds,
  });
  const { metrics, history, done } = slice;
  await deps.db.update(packings).set({ metrics }).where(eq(packings.id, packing.id));
  return {
    completed: done ? job.total : metrics.iteration,
    done,
    state: { started: true, reportAfter: history.at(-1)?.iteration ?? reportAfter },
    event: { metrics, history },
    obsolete: done ? [key] : [],
  };
}
