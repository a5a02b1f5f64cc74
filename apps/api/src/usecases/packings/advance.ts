import { eq } from "drizzle-orm";
import { packings } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import type { JobRow, Slice } from "../../jobs/slice.ts";
import { findReadySet } from "../sets/find.ts";
import { findPacking } from "./get.ts";

/** One slice of a packing, from its last checkpoint. */
export async function advancePacking(deps: Dependencies, job: JobRow): Promise<Slice> {
  const packing = await findPacking(deps, job.resourceId);
  const { started = false, reportAfter = -1 } = job.state as {
    started?: boolean;
    reportAfter?: number;
  };
  const { near, start, extends: extended, repel, spec, model } = packing;
  const key = `packings/${packing.id}/checkpoint.safetensors`;
  const objectKey = `packings/${packing.id}/set.safetensors`;
  const keyOf = async (id: string | null | undefined) =>
    id ? (await findReadySet(deps, id)).objectKey : undefined;
  const slice = await deps.optimizer.runSlice({
    spec,
    model,
    near: await keyOf(near),
    start: await keyOf(spec.start === "set" ? start : null),
    extends: await keyOf(extended),
    repel: await keyOf(repel?.set),
    checkpointKey: started ? key : null,
    outputKey: key,
    resultKey: objectKey,
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
    ...(done ? { objectKey } : {}),
    obsolete: done ? [key] : [],
  };
}
