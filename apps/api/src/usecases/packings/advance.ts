import { HyperFaceError, logFailure } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { z } from "zod";
import { packings } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { forgetKey, reserveSliceKey } from "../../jobs/objects.ts";
import type { JobRow, Slice } from "../../jobs/slice.ts";
import { findReadySet } from "../sets/find.ts";
import { findPacking } from "./get.ts";
import { packingCompleted } from "./progress.ts";

/** A slice goes on for so many times what writing the last one's checkpoint took, so that little of the time is writing. */
const WRITES_A_SLICE = 16;
/** However long writing takes: progress is told between slices. */
const MAX_SLICE_SECONDS = 30;

const NOTHING_REPORTED = -1;
/** Processes of two releases that take turns each refuse what the other wrote. */
const MOST_BEGINNINGS = 4;

const PackingState = z.object({
  /** The last slice's checkpoint; null before the first. */
  checkpoint: z.string().nullable().default(null),
  /** Iteration of the last report that was told. */
  reportAfter: z.int().default(NOTHING_REPORTED),
  /** What writing the last checkpoint took. */
  writeSeconds: z.number().default(0),
  /** How often it began from its start. */
  beginnings: z.int().default(1),
});
type PackingState = z.infer<typeof PackingState>;

/** One slice of a packing, from its last checkpoint to one under a key of its own. */
export async function advancePacking(
  deps: Dependencies,
  job: JobRow,
  signal: AbortSignal,
): Promise<Slice> {
  const packing = await findPacking(deps, job.resourceId);
  const { checkpoint, reportAfter, writeSeconds, ...begun } = PackingState.parse(job.state);
  let { beginnings } = begun;
  const { near, start, extends: extended, repel, spec, model } = packing;
  const keyOf = async (id: string | null | undefined) =>
    id ? (await findReadySet(deps, id)).objectKey : undefined;
  const outputKey = await reserveSliceKey(deps.db, `packings/${packing.id}/checkpoints`, job);
  const objectKey = await reserveSliceKey(deps.db, `packings/${packing.id}/sets`, job);
  const request = {
    spec,
    model,
    near: await keyOf(near),
    start: await keyOf(spec.start === "set" ? start : null),
    extends: await keyOf(extended),
    repel: await keyOf(repel?.set),
    outputKey,
    resultKey: objectKey,
    budgetSeconds: sliceBudget(deps.sliceSeconds, writeSeconds),
  };
  const run = (from: { checkpointKey: string | null; reportAfter: number }) =>
    deps.optimizer.runSlice({ ...request, ...from }, signal);
  const slice = await run({ checkpointKey: checkpoint, reportAfter }).catch((error) => {
    const isLost = checkpoint !== null && isOfAnotherRelease(error);
    if (!isLost || beginnings === MOST_BEGINNINGS) throw error;
    // Written by another release's solver while an upgrade rolls: what was done by that is no beginning of this one's.
    logFailure(deps.logger, error, { jobId: job.id }, "a packing begins again");
    beginnings++;
    return run({ checkpointKey: null, reportAfter: NOTHING_REPORTED });
  });
  const { metrics, history, arithmetic, done } = slice;
  const moved = checkpoint !== null && arithmetic.length > packing.arithmetic.length;
  const state: PackingState = {
    checkpoint: outputKey,
    reportAfter: history.at(-1)?.iteration ?? reportAfter,
    writeSeconds: slice.writeSeconds,
    beginnings,
  };
  return {
    completed: done ? job.total : packingCompleted(spec, metrics),
    done,
    state: { ...state },
    event: { metrics, history, ...(moved ? { arithmetic } : {}) },
    needs: [outputKey],
    ...(done ? { objectKey } : {}),
    async record(transaction) {
      await transaction
        .update(packings)
        .set({ metrics, arithmetic })
        .where(eq(packings.id, packing.id));
      if (!done) await forgetKey(transaction, objectKey);
    },
  };
}

const isOfAnotherRelease = (error: unknown) =>
  error instanceof HyperFaceError && error.code === "invalid-checkpoint";

const sliceBudget = (sliceSeconds: number, writeSeconds: number) =>
  Math.max(sliceSeconds, Math.min(WRITES_A_SLICE * writeSeconds, MAX_SLICE_SECONDS));
