import { eq } from "drizzle-orm";
import { z } from "zod";
import { leakageChecks } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { reserveSliceKey } from "../../jobs/objects.ts";
import type { JobRow, Slice } from "../../jobs/slice.ts";
import { findReadySet } from "../sets/find.ts";
import { findLeakageCheck } from "./get.ts";
import { figuresOf, writeReport } from "./report.ts";

const LeakageState = z.object({
  /** The last slice's checkpoint; null before the first. */
  checkpoint: z.string().nullable().default(null),
});

/** One slice of a comparison; after the last one its report. */
export async function advanceLeakageCheck(
  deps: Dependencies,
  job: JobRow,
  signal: AbortSignal,
): Promise<Slice> {
  const check = await findLeakageCheck(deps, job.resourceId);
  const { checkpoint } = LeakageState.parse(job.state);
  const [set, reference] = await Promise.all([
    findReadySet(deps, check.set),
    findReadySet(deps, check.reference),
  ]);
  const folder = `leakage-checks/${check.id}`;
  const outputKey = await reserveSliceKey(deps.db, `${folder}/checkpoints`, job);
  const { topK, falseAcceptRate } = check.spec;
  const request = {
    set: set.objectKey,
    reference: reference.objectKey,
    ...{ topK, falseAcceptRate, checkpointKey: checkpoint, outputKey },
    budgetSeconds: deps.sliceSeconds,
  };
  const { completed, result } = await deps.optimizer.compareSlice(request, signal);
  const state = { checkpoint: outputKey };
  const slice = { completed, state, event: {}, needs: [outputKey] };
  if (result === null) return { ...slice, done: false };
  const objectKey = await reserveSliceKey(deps.db, `${folder}/reports`, job, "json");
  const report = await writeReport(deps, check, result, objectKey);
  return {
    ...slice,
    done: true,
    objectKey,
    record: (transaction) =>
      transaction
        .update(leakageChecks)
        .set({ figures: figuresOf(report) })
        .where(eq(leakageChecks.id, check.id)),
  };
}
