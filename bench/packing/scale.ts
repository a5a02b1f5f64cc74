import { createOnnxKernels } from "@hyperface/optimizer-svc/packing";
import { figuresOf, largest, mean, pack, peakMemoryMB } from "./pack.ts";

const STEPS = 150;
const BATCH = 5000;
/** Of the spec: so many that no step taken here is one of those that are reported. */
const ITERATIONS = 100_000;

/** Algorithm 2 on very many identities: a step's time, beside that of a fifth as many, and the memory. */
export async function benchScale(count: number, dimension: number) {
  const recipe = { method: "paper", learningRate: 0.01, batch: BATCH, iterations: ITERATIONS };
  const run = await pack({ ...recipe, count, dimension }, {}, STEPS);
  const peak = peakMemoryMB();
  const fewer = await pack({ ...recipe, count: count / 5, dimension }, {}, STEPS);
  const kernels = await createOnnxKernels(dimension);
  const started = performance.now();
  const { cosine } = await kernels.nearestOther({ data: run.state.embeddings, dimension });
  return {
    ...figuresOf(run),
    maxCosine: largest(cosine),
    meanNearestCosine: mean(cosine),
    peakMemoryMB: peak,
    batch: BATCH,
    secondsPerStep: run.secondsPerStep,
    fewer: count / 5,
    secondsPerStepOfFewer: fewer.secondsPerStep,
    secondsOfExactCheck: (performance.now() - started) / 1000,
  };
}
