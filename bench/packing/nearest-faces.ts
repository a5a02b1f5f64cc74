import { PackingSpec, resolvePacking } from "@hyperface/contracts";
import {
  continuePacking,
  createOnnxKernels,
  NO_VECTORS,
  startPacking,
} from "@hyperface/optimizer-svc/packing";
import { syntheticGallery } from "./galleries.ts";
import { stopwatch } from "./pack.ts";

/**
 * A packing near a gallery as it is, where a point's nearest face is searched for again only when it may have changed, against
 * one whose memory of it is wiped after each step, so that every point is searched for. CPU seconds of this process, which
 * others on the machine hardly change; both packings step in turns.
 */
export async function benchNearestFaces(count: number, dimension: number, iterations: number) {
  const gallery = syntheticGallery(count, dimension);
  const spec = resolvePacking(PackingSpec.parse({ count, dimension, alpha: 0.5, iterations }));
  const kernels = await createOnnxKernels(dimension);
  const vectors = { ...NO_VECTORS, near: gallery };
  const start = async () => ({
    state: await startPacking(spec, vectors, kernels),
    seconds: [] as number[],
  });
  const [bounded, searching] = [await start(), await start()];
  const step = async ({ state, seconds }: typeof bounded) => {
    const elapsed = stopwatch();
    await continuePacking(state, { spec, vectors, kernels }, () => false);
    seconds.push(elapsed());
  };
  while (!searching.state.done) {
    await step(bounded);
    await step(searching);
    (searching.state.tensors.nearestIndex as Int32Array).fill(-1);
  }
  const [ours, theirs] = [bounded, searching].map(({ state, seconds }) => ({
    // The last call takes no step, but reports.
    cpuSecondsPerStep: seconds.slice(0, -1).reduce((sum, value) => sum + value, 0) / iterations,
    objective: state.history.at(-1)?.objective ?? Number.NaN,
  }));
  if (!ours || !theirs) throw new Error("nothing was measured");
  return {
    n: count,
    d: dimension,
    gallery: count,
    iterations,
    bounded: ours,
    searching: theirs,
    speedup: theirs.cpuSecondsPerStep / ours.cpuSecondsPerStep,
    objectiveDifference: ours.objective - theirs.objective,
  };
}
