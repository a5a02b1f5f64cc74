import type { PackingSliceRequest, PackingSliceResponse } from "@hyperface/contracts";
import { HyperFaceError } from "@hyperface/contracts";
import type { OptimizerDependencies } from "../dependencies.ts";

/**
 * Reads a slice's objects, runs it and writes the next checkpoint. Nothing is written where it fails,
 * so the last checkpoint stays usable.
 * @param signal that nobody waits for the slice any more: it ends with its step, and writes nothing
 * @throws HyperFaceError `missing-object`, `damaged-object`, `storage-full`, and runSlice's
 */
export async function advanceSlice(
  { store, threads }: OptimizerDependencies,
  request: PackingSliceRequest,
  signal?: AbortSignal,
): Promise<PackingSliceResponse> {
  const read = (key: string | null | undefined) => (key ? store.get(key) : null);
  const [near, start, extended, repel, checkpoint] = await Promise.all([
    read(request.near),
    read(request.start),
    read(request.extends),
    read(request.repel),
    read(request.checkpointKey),
  ]);
  const { spec, model, budgetSeconds, outputKey, resultKey } = request;
  const sets = { near, start, extends: extended, repel };
  const input = { spec, model, sets, checkpoint, budgetSeconds };
  const output = await threads.runSlice(input, signal);
  if (signal?.aborted) throw new HyperFaceError("conflict", "the slice was given up by its caller");
  if (output.result) await store.put(resultKey, output.result);
  await store.put(outputKey, output.checkpoint);
  const done = output.result !== null;
  const { metrics, history, arithmetic, seconds } = output;
  return {
    checkpointKey: outputKey,
    resultKey: done ? resultKey : null,
    done,
    metrics,
    history: history.filter(({ iteration }) => iteration > request.reportAfter),
    arithmetic,
    seconds,
  };
}
