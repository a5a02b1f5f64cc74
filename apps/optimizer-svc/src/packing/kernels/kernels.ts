import type { Neighbours, Rows } from "@hyperface/vectors";
import type { Matrices } from "./matrices.ts";

/** Largest inner product of each row with a set, and where: the smallest index among equals. */
export interface Nearest {
  cosine: Float32Array | Float64Array;
  index: Int32Array;
}

/** The nearest, and the cosine with the second nearest: -1 where there is none. */
export interface NearestTwo extends Nearest {
  second: Float32Array | Float64Array;
}

/** As a stored set holds them. */
export const toNeighbours = ({ index, cosine }: Nearest): Neighbours => ({
  index,
  cosine: Float32Array.from(cosine),
});

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

/** How hard a maximum over cosines is softened. */
export interface Softening {
  sharpness: number;
  /**
   * The cosine that weighs 1: one for all points, or each point's own, [n]. One for all softens the largest cosine
   * of all pairs; each point's own, the mean of the points' largest.
   */
  level: number | Float32Array;
}

/**
 * Of weights P_ij = exp(sharpness (x_i.x_j - level_i)) of all ordered pairs i != j: at most 2^25 where one level is
 * for all, at most 1 where each point has its own.
 */
export interface Repulsion {
  /** sum_j (P_ij + P_ji) x_j, row-major [n, d]. */
  force: Float32Array;
  /** sum_j P_ij, [n]. */
  sums: Float32Array | Float64Array;
  /** Each point's largest cosine with another, [n], in [-1, 1]. */
  cosine: Float32Array | Float64Array;
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
  /** Nearest and second nearest candidate of each query. */
  nearestTwo(queries: Rows, candidates: Rows): Promise<NearestTwo>;
  /** Forces of the log-sum-exp energy of pairs, with the largest cosines met on the way. */
  repulsion(points: Rows, softening: Softening): Promise<Repulsion>;
  /** The same of a set y that does not move, as seen from the points alone: force sum_j P_ij y_j. */
  pressure(points: Rows, set: Rows, softening: Softening): Promise<Repulsion>;
  /** Products with matrices of the points' dimension. */
  matrices: Matrices;
}

/** Where one level is for all, P is clamped to exp(this): 2^25, which float32 sums hold. */
const EXPONENT_LIMIT = 25 * Math.LN2;

/** The largest exponent that is weighed. Where each point has its own level, a pair's weight is a share of at most 1. */
export const limitOf = ({ level }: Softening): number =>
  typeof level === "number" ? EXPONENT_LIMIT : 0;

/** An inner product of unit vectors, without what rounding adds beyond [-1, 1]. */
export const clampCosine = (value: number): number => Math.max(-1, Math.min(1, value));
