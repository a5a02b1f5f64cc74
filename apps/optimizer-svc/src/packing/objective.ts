import type { PackingLoss } from "@hyperface/contracts";
import { type Rows, rowCount } from "@hyperface/vectors";
import type { Kernels, Nearest } from "./kernels/kernels.ts";

/** The spec's reading of Eq. 2. */
export interface ObjectiveOptions {
  loss: PackingLoss;
  /** Weight of the gallery term, >= 0. */
  alpha: number;
}

/** Whom each point's part of Eq. 2 depends on: nearest other point, nearest gallery embedding. */
export interface Neighbours {
  points: Nearest;
  gallery: Nearest | null;
}

/** What a report needs of {@link Neighbours}: how close they are, not which. */
export interface Closeness {
  points: Pick<Nearest, "cosine">;
  gallery: Pick<Nearest, "cosine"> | null;
  /** With the set of `repel`. */
  repelled?: Pick<Nearest, "cosine"> | null;
}

/** Exact neighbours of every point. @param gallery null where alpha is 0 and nobody asks */
export async function findNeighbours(
  kernels: Kernels,
  points: Rows,
  gallery: Rows | null,
): Promise<Neighbours> {
  return {
    points: await kernels.nearestOther(points),
    gallery: gallery && (await kernels.nearest(points, gallery)),
  };
}

/** Mean cosine distance to the nearest gallery embedding. */
export const regulariserOf = (gallery: Pick<Nearest, "cosine">): number => 1 - mean(gallery.cosine);

/** Eq. 2: largest cosine (in the given reading) + alpha * mean distance to the gallery. */
export function objectiveOf(neighbours: Closeness, { loss, alpha }: ObjectiveOptions): number {
  const { cosine } = neighbours.points;
  const spread = loss === "mean" ? mean(cosine) : (cosine[indexOfMax(cosine)] as number);
  return neighbours.gallery === null ? spread : spread + alpha * regulariserOf(neighbours.gallery);
}

/**
 * Gradient of Eq. 2 at unit vectors, tangent to the sphere, [n, d]. Cosines are scale-free, so this
 * is also the gradient in free coordinates. Where a maximum is shared, that of the first index.
 */
export function gradientOf(
  points: Rows,
  gallery: Rows | null,
  neighbours: Neighbours,
  options: ObjectiveOptions,
): Float64Array {
  const n = rowCount(points);
  const gradient = new Float64Array(points.data.length);
  for (const { i, j, weight } of pairWeights(neighbours.points, options.loss)) {
    addCosineGradient(gradient, points, i, points, j, weight);
    addCosineGradient(gradient, points, j, points, i, weight);
  }
  if (gallery && neighbours.gallery && options.alpha > 0) {
    const { index } = neighbours.gallery;
    for (let i = 0; i < n; i++) {
      addCosineGradient(gradient, points, i, gallery, index[i] as number, -options.alpha / n);
    }
  }
  return gradient;
}

function* pairWeights({ cosine, index }: Nearest, loss: PackingLoss) {
  if (loss === "global") {
    const i = indexOfMax(cosine);
    yield { i, j: index[i] as number, weight: 1 };
    return;
  }
  for (let i = 0; i < index.length; i++) {
    yield { i, j: index[i] as number, weight: 1 / index.length };
  }
}

/** Adds weight * d cos(a_i, b_j) / d a_i, for unit a_i: weight (b_j - (a_i.b_j) a_i). */
function addCosineGradient(
  gradient: Float64Array,
  a: Rows,
  i: number,
  b: Rows,
  j: number,
  weight: number,
): void {
  const { dimension: d } = a;
  const p = i * d;
  const q = j * d;
  let cosine = 0;
  for (let k = 0; k < d; k++) cosine += (a.data[p + k] as number) * (b.data[q + k] as number);
  for (let k = 0; k < d; k++) {
    const slope = (b.data[q + k] as number) - cosine * (a.data[p + k] as number);
    gradient[p + k] = (gradient[p + k] as number) + weight * slope;
  }
}

export function indexOfMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if ((values[i] as number) > (values[best] as number)) best = i;
  }
  return best;
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}
