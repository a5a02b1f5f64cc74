import { eq } from "drizzle-orm";
import { packings } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { forgetKey, reserveSliceKey } from "../../jobs/objects.ts";
import type { JobRow, Slice } from "../../jobs/slice.ts";
import { findReadySet } from "../sets/find.ts";
import { findPacking } from "./get.ts";

interface PackingState {
  /** The last slice's checkpoint; null before the first. */
  checkpoint?: string | null;
  /** Iteration of the last report that was told. */
  reportAfter?: number;
}

/** One slice of a packing, from its last checkpoint to one under a key of its own. */
export async function advancePacking(
  deps: Dependencies,
  job: JobRow,
  signal: AbortSignal,
): Promise<Slice> {
  const packing = await findPacking(deps, job.resourceId);
  const { checkpoint = null, reportAfter = -1 } = job.state as PackingState;
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
    checkpointKey: checkpoint,
    outputKey,
    resultKey: objectKey,
    reportAfter,
    budgetSeconds: deps.sliceSeconds,
  };
  const { metrics, history, arithmetic, done } = await deps.optimizer.runSlice(request, signal);
  const moved = checkpoint !== null && arithmetic.length > packing.arithmetic.length;
  const state: PackingState = {
    checkpoint: outputKey,
    reportAfter: history.at(-1)?.iteration ?? reportAfter,
  };
  return {
    completed: done ? job.total : metrics.iteration,
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
