import { dot } from "@hyperface/vectors";

/** Cosine similarity in [-1, 1] of two vectors of any length but zero. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const similarity = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  return Math.min(1, Math.max(-1, similarity));
}

/** Cosine distance 1 - cos in [0, 2], the paper's d. */
export const cosineDistance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  1 - cosine(a, b);
