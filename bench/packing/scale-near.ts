import { syntheticGallery } from "./galleries.ts";
import { figuresOf, pack, peakMemoryMB } from "./pack.ts";

const STEPS = 8;
const BATCH = 5000;
/** Of the spec: so many that no step taken here is one of those that are reported, but the first. */
const ITERATIONS = 100_000;

/**
 * Algorithm 2 near a gallery of a fixed size, on very many identities: CPU seconds of a step, beside those of a fifth
 * as many, and the memory of it all.
 */
export async function benchScaleNear(count: number, dimension: number, gallery: number) {
  const near = syntheticGallery(gallery, dimension);
  const recipe = { method: "paper", learningRate: 0.01, batch: BATCH, iterations: ITERATIONS };
  const stepsOf = async (n: number) => {
    const settings = { ...recipe, count: n, dimension, alpha: 0.5 };
    return pack(settings, { near }, STEPS);
  };
  const fewer = await stepsOf(count / 5);
  const run = await stepsOf(count);
  const { n, d, iterations } = figuresOf(run);
  return {
    ...{ n, d, gallery, iterations, batch: BATCH },
    cpuSecondsPerStep: run.cpuSecondsPerStep,
    fewer: count / 5,
    cpuSecondsPerStepOfFewer: fewer.cpuSecondsPerStep,
    ratio: run.cpuSecondsPerStep / fewer.cpuSecondsPerStep,
    peakMemoryMB: peakMemoryMB(),
  };
}
