import type { ResolvedPacking } from "@hyperface/contracts";
import { randomStream } from "@hyperface/hypersphere";
import { pickRows, type Rows } from "@hyperface/vectors";
import { findNeighbours, gradientOf } from "./objective.ts";
import { createRowStepper, type Moments, zeroMoments } from "./optimizers.ts";
import { sampleDistinct } from "./sample.ts";
import type { PackingState, Solver } from "./solver.ts";

/** Learning rate at a step: times `factor` every `every` steps. */
export const learningRateAt = (
  { learningRate, schedule }: Pick<ResolvedPacking, "learningRate" | "schedule">,
  iteration: number,
): number => learningRate * schedule.factor ** Math.floor(iteration / schedule.every);

/**
 * The paper's recipe: a gradient step of Eq. 2 on a free matrix, re-projected to the sphere.
 * Algorithm 1 on every point; Algorithm 2 on a uniform random batch, whose points alone move.
 */
export const paperSolver: Solver = {
  start: ({ count, dimension }) => ({ tensors: { ...zeroMoments(count, dimension) }, scalars: {} }),

  async step(state, { spec, vectors, kernels }) {
    const { dimension } = spec;
    const whole: Rows = { data: state.embeddings, dimension };
    const batch = batchAt(spec, state.iteration);
    const points = batch ? pickRows(whole, batch) : whole;
    const wanted = spec.alpha > 0 || !batch ? vectors.near : null;
    const neighbours = await findNeighbours(kernels, points, wanted);
    const gradient = gradientOf(points, wanted, neighbours, spec);
    move(state, spec, gradient, batch);
    return batch ? null : neighbours;
  },
};

/** The step's points: a pure function of seed and step. Null where all are. */
function batchAt({ batch, count, seed }: ResolvedPacking, iteration: number): Int32Array | null {
  if (batch === undefined) return null;
  return sampleDistinct(randomStream(seed, "packing-batch", iteration), batch, count);
}

function move(
  state: PackingState,
  spec: ResolvedPacking,
  gradient: Float64Array,
  batch: Int32Array | null,
): void {
  const d = spec.dimension;
  const step = createRowStepper(spec.optimizer, d);
  const learningRate = learningRateAt(spec, state.iteration);
  const moments = state.tensors as unknown as Moments;
  for (let row = 0; row < gradient.length / d; row++) {
    const i = batch ? (batch[row] as number) : row;
    step(state.embeddings, moments, { i, gradient, offset: row * d, learningRate });
  }
}
