import type { PackingSliceRequest, PackingSliceResponse } from "@hyperface/contracts";
import type { ObjectStore } from "@hyperface/storage";
import type { SliceThreads } from "./threads.ts";

export interface SliceDependencies {
  store: ObjectStore;
  threads: SliceThreads;
}

/**
 * Reads a slice's objects, runs it and writes the next checkpoint. Nothing is written where it fails,
 * so the last checkpoint stays usable.
 * @throws HyperFaceError `not-found` where an object is missing, and runSlice's
 */
export async function advancePacking(
  { store, threads }: SliceDependencies,
  request: PackingSliceRequest,
): Promise<PackingSliceResponse> {
  const read = (key: string | null | undefined) => (key ? store.get(key) : null);
  const [gallery, initial, frozen, repelled, checkpoint] = await Promise.all([
    read(request.galleryKey),
    read(request.initialKey),
    read(request.frozenKey),
    read(request.repelledKey),
    read(request.checkpointKey),
  ]);
  const { spec, budgetSeconds, outputKey, resultKey } = request;
  const vectors = { gallery, initial, frozen, repelled };
  const output = await threads.run({ spec, ...vectors, checkpoint, budgetSeconds });
  if (output.result) await store.put(resultKey, output.result);
  await store.put(outputKey, output.checkpoint);
  const done = output.result !== null;
  const { metrics, history, seconds } = output;
  return {
    checkpointKey: outputKey,
    resultKey: done ? resultKey : null,
    done,
    metrics,
    history: history.filter(({ iteration }) => iteration > request.reportAfter),
    seconds,
  };
}
