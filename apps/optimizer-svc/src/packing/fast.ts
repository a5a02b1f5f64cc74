import { type Rows, rowCount } from "@hyperface/vectors";
import type { Nearest, Repulsion } from "./kernels/kernels.ts";
import { movingRows, nearestOfMoving } from "./moving.ts";
import { indexOfMax } from "./objective.ts";
import type { PackingState, Solver } from "./solver.ts";

const MOMENTUM = 0.85;

/** A repelled vector weighs as if it were this much nearer, so that the distance asked for is kept. */
const REPEL_MARGIN = 1e-3;

/**
 * Annealed log-sum-exp with Riemannian momentum. The largest cosine over all pairs is softened to
 * (1 / sharpness) log sum_ij exp(sharpness x_i.x_j), sharpness grows as the step shrinks; the gallery term is kept
 * as it is. Steps are scaled by a moving mean of the squared force. Frozen points are pairs' other
 * halves; a repelled vector is one too, with the cosine not to be exceeded in place of the largest.
 */
export const fastSolver: Solver = {
  start: ({ count, dimension, frozen }) => ({
    tensors: { velocity: new Float32Array((count - frozen) * dimension) },
    scalars: { squaredForce: 0, shift: 0 },
  }),

  async step(state, { spec, vectors, kernels }) {
    const { gallery, repelled } = vectors;
    const { frozen, dimension, repel } = spec;
    const { iteration, scalars } = state;
    const points = movingRows(state, spec);
    const still: Rows = { data: state.embeddings.subarray(0, frozen * dimension), dimension };
    const progress = spec.iterations > 1 ? iteration / (spec.iterations - 1) : 1;
    if (iteration === 0) {
      const { cosine } = await nearestOfMoving(state, spec, kernels);
      scalars.shift = cosine[indexOfMax(cosine)] as number;
    }
    const shift = scalars.shift as number;
    const sharpness = anneal(spec.annealing.sharpness, progress);
    const repelledSets = [
      ...(frozen > 0 ? [{ rows: still, shift }] : []),
      ...(repelled && repel
        ? [{ rows: repelled, shift: 1 - repel.minimumDistance - REPEL_MARGIN }]
        : []),
    ];
    const repulsion = await kernels.repulsion(points, sharpness, shift, repelledSets);
    const nearest = gallery && (await kernels.nearest(points, gallery));
    const scale = (2 * rowCount(points)) / repulsion.total;
    const force = tangentForce(points, repulsion.force, scale, gallery, nearest, spec.alpha);
    move(state, points, force, anneal(spec.annealing.step, progress));
    const cosine =
      frozen > 0 ? larger(repulsion.cosine, repulsion.repelledSets[0]) : repulsion.cosine;
    scalars.shift = cosine[indexOfMax(cosine)] as number;
    return { points: { cosine }, gallery: nearest };
  },
};

const larger = (a: Repulsion["cosine"], b: Repulsion["cosine"] | undefined) =>
  a.map((value, i) => Math.max(value, b?.[i] ?? value));

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
  alpha: number,
): { force: Float32Array; meanSquare: number } {
  const count = data.length / d;
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
  { tensors, scalars, iteration }: PackingState,
  { data: points, dimension: d }: Rows,
  { force, meanSquare }: { force: Float32Array; meanSquare: number },
  eta: number,
): void {
  const velocity = tensors.velocity as Float32Array;
  scalars.squaredForce = MOMENTUM * (scalars.squaredForce as number) + (1 - MOMENTUM) * meanSquare;
  const corrected = scalars.squaredForce / (1 - MOMENTUM ** (iteration + 1));
  const rate = corrected > 0 ? eta / Math.sqrt(corrected) : 0;
  for (let p = 0; p < points.length; p += d) {
    let square = 0;
    let along = 0;
    for (let k = p; k < p + d; k++) {
      const v = MOMENTUM * (velocity[k] as number) - rate * (force[k] as number);
      // Rounded first, so that the length divided by is that of what is stored and lengths do not drift.
      const x = Math.fround((points[k] as number) + v);
      velocity[k] = v;
      points[k] = x;
      square += x * x;
      along += x * v;
    }
    const scale = 1 / Math.sqrt(square);
    const radial = along * scale;
    for (let k = p; k < p + d; k++) {
      const x = (points[k] as number) * scale;
      points[k] = x;
      velocity[k] = (velocity[k] as number) - radial * x;
    }
  }
}
