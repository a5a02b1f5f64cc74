import type { PackingVectors } from "@hyperface/optimizer-svc/packing";
import { pack } from "./pack.ts";

const BATCH = 5000;
/** Of the spec: so many that no step taken here is one of those that are reported, but the first. */
const ITERATIONS = 100_000;

interface Batches {
  count: number;
  dimension: number;
  alpha?: number;
}

/** Algorithm 2 on very many identities: CPU seconds of a step, beside those of a fifth as many. */
export async function stepsInBatches(
  { count, ...size }: Batches,
  steps: number,
  vectors: Partial<PackingVectors> = {},
) {
  const recipe = { method: "paper", learningRate: 0.01, batch: BATCH, iterations: ITERATIONS };
  const fewer = await pack({ ...recipe, ...size, count: count / 5 }, vectors, steps);
  const { state, cpuSecondsPerStep } = await pack({ ...recipe, ...size, count }, vectors, steps);
  const figures = {
    iterations: state.iteration,
    batch: BATCH,
    cpuSecondsPerStep,
    fewer: count / 5,
    cpuSecondsPerStepOfFewer: fewer.cpuSecondsPerStep,
    ratio: cpuSecondsPerStep / fewer.cpuSecondsPerStep,
  };
  return { figures, embeddings: state.embeddings };
}
