import type { ResolvedPacking } from "@hyperface/contracts";
import type { Nearest } from "./kernels/kernels.ts";
import { indexOfMax } from "./objective.ts";
import type { Rows } from "./rows.ts";
import type { PackingState, Solver } from "./solver.ts";

const MOMENTUM = 0.9;

/**
 * Annealed log-sum-exp with Riemannian momentum. The largest cosine over all pairs is softened to
 * (1 / beta) log sum_ij exp(beta x_i.x_j), beta grows as the step shrinks; the gallery term is kept
 * as it is. Steps are scaled by a moving mean of the squared force.
 */
export const fastSolver: Solver = {
  start: ({ count, dimension }) => ({
    tensors: { velocity: new Float32Array(count * dimension) },
    scalars: { squaredForce: 0, shift: 0 },
  }),

  async step(state, { problem, gallery, kernels }) {
    const points: Rows = { data: state.embeddings, dimension: problem.dimension };
    const { iteration, scalars } = state;
    const progress = problem.iterations > 1 ? iteration / (problem.iterations - 1) : 1;
    if (iteration === 0) {
      const { cosine } = await kernels.nearestOther(points);
      scalars.shift = cosine[indexOfMax(cosine)] as number;
    }
    const beta = anneal(problem.annealing.beta, progress);
    const repulsion = await kernels.repulsion(points, beta, scalars.shift as number);
    const nearest = gallery && (await kernels.nearest(points, gallery));
    const scale = (2 * problem.count) / repulsion.total;
    const force = tangentForce(points, repulsion.force, scale, gallery, nearest, problem);
    move(state, problem, force, anneal(problem.annealing.step, progress));
    const { cosine } = repulsion;
    scalars.shift = cosine[indexOfMax(cosine)] as number;
    return { points: { cosine }, gallery: nearest };
  },
};

const anneal = ([from, to]: [number, number], progress: number) => from * (to / from) ** progress;

/**
 * n times the gradient of the softened Eq. 2, on the tangent spaces: scale * force - alpha * nearest
 * gallery embedding. Overwrites `force`.
 * @returns it, and the mean over points of its squared length
 */
function tangentForce(
  { data, dimension: d }: Rows,
  force: Float32Array,
  scale: number,
  gallery: Rows | null,
  nearest: Nearest | null,
  { alpha, count }: ResolvedPacking,
): { force: Float32Array; meanSquare: number } {
  let square = 0;
  for (let i = 0, p = 0; i < count; i++, p += d) {
    const q = (nearest?.index[i] ?? 0) * d;
    const attraction = gallery && alpha > 0 ? gallery.data : null;
    let radial = 0;
    for (let k = 0; k < d; k++) {
      const pull = attraction ? alpha * (attraction[q + k] as number) : 0;
      const value = scale * (force[p + k] as number) - pull;
      force[p + k] = value;
      radial += value * (data[p + k] as number);
    }
    for (let k = 0; k < d; k++) {
      const value = (force[p + k] as number) - radial * (data[p + k] as number);
      force[p + k] = value;
      square += value * value;
    }
  }
  return { force, meanSquare: square / count };
}

/** V <- momentum V - eta G / rms(G); X <- normalise(X + V); V onto the new tangent spaces. */
function move(
  { embeddings, tensors, scalars, iteration }: PackingState,
  { dimension: d, count }: ResolvedPacking,
  { force, meanSquare }: { force: Float32Array; meanSquare: number },
  eta: number,
): void {
  const velocity = tensors.velocity as Float32Array;
  scalars.squaredForce = MOMENTUM * (scalars.squaredForce as number) + (1 - MOMENTUM) * meanSquare;
  const corrected = scalars.squaredForce / (1 - MOMENTUM ** (iteration + 1));
  const rate = corrected > 0 ? eta / Math.sqrt(corrected) : 0;
  for (let i = 0, p = 0; i < count; i++, p += d) {
    let square = 0;
    let along = 0;
    for (let k = p; k < p + d; k++) {
      const v = MOMENTUM * (velocity[k] as number) - rate * (force[k] as number);
      const x = (embeddings[k] as number) + v;
      velocity[k] = v;
      embeddings[k] = x;
      square += x * x;
      along += x * v;
    }
    const scale = 1 / Math.sqrt(square);
    const radial = along * scale;
    for (let k = p; k < p + d; k++) {
      const x = (embeddings[k] as number) * scale;
      embeddings[k] = x;
      velocity[k] = (velocity[k] as number) - radial * x;
    }
  }
}
