import type { Rows } from "@hyperface/vectors";

/** Largest inner product of each row with a set, and where: the smallest index among equals. */
export interface Nearest {
  cosine: Float32Array | Float64Array;
  index: Int32Array;
}

/** Before any is found. */
export const noNearest = (count: number): Nearest => ({
  cosine: new Float32Array(count).fill(-Infinity),
  index: new Int32Array(count).fill(-1),
});

/** Consecutive rows of a larger set, the first of which is its row `start`. */
export interface Placed {
  rows: Rows;
  start: number;
}

/** A set that repels points and does not move. */
export interface RepelledSet {
  rows: Rows;
  /** The cosine with it that weighs as much as a pair of points at `shift`. */
  shift: number;
}

/**
 * Sums over all ordered pairs i != j of P_ij = exp(min(sharpness (x_i.x_j - shift), limit)), and over the pairs
 * of a point and a row of an repelledSet, in either order, with the repelledSet's shift.
 */
export interface Repulsion {
  /** sum_j P_ij x_j over points and repelledSets, row-major [n, d]. */
  force: Float32Array;
  /** sum_ij P_ij. */
  total: number;
  /** Each point's largest cosine with another, [n]. */
  cosine: Float32Array | Float64Array;
  /** Each point's largest cosine with each repelledSet, [n] each. */
  repelledSets: (Float32Array | Float64Array)[];
}

/**
 * The arithmetic that dominates a packing. Works in tiles: no n x n matrix is ever held. Equal
 * arguments give equal bits.
 */
export interface Kernels {
  /**
   * Takes the cosines between two parts of a set, for the nearest of either. Parts of one start are the
   * same: each of its pairs is taken once. The parts are to come in order.
   */
  meet(nearest: Nearest, a: Placed, b: Placed): Promise<void>;
  /** Nearest other row of each row. @param points at least two rows */
  nearestOther(points: Rows): Promise<Nearest>;
  /** Nearest candidate of each query. @param exclude a candidate a query that does not count, e.g. itself */
  nearest(queries: Rows, candidates: Rows, exclude?: Int32Array): Promise<Nearest>;
  /** Forces of the log-sum-exp energy, with the largest cosines met on the way. */
  repulsion(
    points: Rows,
    sharpness: number,
    shift: number,
    repelledSets?: readonly RepelledSet[],
  ): Promise<Repulsion>;
}

/** P is clamped to exp(this): 2^25, which float32 sums hold. */
export const EXPONENT_LIMIT = 25 * Math.LN2;
