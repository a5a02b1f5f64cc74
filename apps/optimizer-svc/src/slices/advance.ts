import {
  HyperFaceError,
  type PackingSliceRequest,
  type PackingSliceResponse,
} from "@hyperface/contracts";
import type { ObjectStore } from "@hyperface/storage";
import { openState, preparePacking, type SliceTime, stepPacking } from "./run.ts";
import type { WarmPackings } from "./warm.ts";

interface SliceDependencies {
  store: Pick<ObjectStore, "get" | "put" | "putStream">;
  warm: WarmPackings;
}

/**
 * Runs a slice from its checkpoint and writes the next, reading what is not warm. Nothing is written where it
 * fails, so the last checkpoint stays usable.
 * @param stop not 0: nobody waits for the slice any more; it ends with its step, and writes nothing
 * @throws HyperFaceError `missing-object`, `damaged-object`, `storage-full`, and runSlice's
 */
export async function advanceSlice(
  { store, warm }: SliceDependencies,
  request: PackingSliceRequest,
  stop?: SliceTime["stop"],
): Promise<PackingSliceResponse> {
  const started = performance.now();
  const { budgetSeconds, checkpointKey, outputKey, resultKey } = request;
  const read = async (key: string | null | undefined) => (key ? store.get(key) : null);
  const known = warm.take(request);
  const packing = known?.packing ?? (await readPacking(request, read));
  const isWarm = known !== undefined && known.checkpointKey === checkpointKey;
  const state = isWarm ? known.state : await openState(packing, await read(checkpointKey));

  const output = await stepPacking(packing, state, { started, budgetSeconds, stop });
  if (stop && Atomics.load(stop, 0) !== 0) {
    throw new HyperFaceError("conflict", "the slice was given up by its caller");
  }
  const writing = performance.now();
  if (output.result) await store.put(resultKey, output.result);
  await store.putStream(outputKey, output.checkpoint);
  const writeSeconds = (performance.now() - writing) / 1000;
  const done = output.result !== null;
  if (!done) warm.keep(request, { packing, state, checkpointKey: outputKey });
  const { metrics, history, arithmetic, seconds } = output;
  return {
    checkpointKey: outputKey,
    resultKey: done ? resultKey : null,
    done,
    metrics,
    history: history.filter(({ iteration }) => iteration > request.reportAfter),
    arithmetic,
    seconds,
    writeSeconds,
  };
}

async function readPacking(
  { spec, model, ...keys }: PackingSliceRequest,
  read: (key: string | undefined) => Promise<Uint8Array | null>,
) {
  const [near, start, extended, repel] = await Promise.all([
    read(keys.near),
    read(keys.start),
    read(keys.extends),
    read(keys.repel),
  ]);
  return preparePacking({ spec, model, sets: { near, start, extends: extended, repel } });
}
