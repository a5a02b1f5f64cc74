/**
 * How far from 1 the squared length of a unit row may be. Rounding each number of a row to float32 moves it by
 * at most 2^-23, so a normalised row is always within it.
 */
const UNIT_TOLERANCE = 2 ** -22;

/**
 * Unit-length copy of `v`.
 * @throws RangeError where the vector is zero or holds a non-finite number: it has no direction.
 */
export function normalise(v: ArrayLike<number>): Float32Array {
  const unit = Float32Array.from(v);
  normaliseRows(unit, unit.length);
  return unit;
}

/**
 * Scales each row of a row-major matrix [n, dimension] to unit length, in place. Idempotent: a row
 * whose length is 1 to within float32 rounding keeps its bits, on any processor. Sums in float64.
 * @throws RangeError naming the first row that is zero or not finite.
 */
export function normaliseRows(matrix: Float32Array, dimension: number): Float32Array {
  for (let start = 0; start < matrix.length; start += dimension) {
    let square = 0;
    for (let k = start; k < start + dimension; k++) square += (matrix[k] as number) ** 2;
    if (Math.abs(square - 1) <= UNIT_TOLERANCE) continue;
    const length = Math.sqrt(square);
    if (!(length > 0 && length < Infinity)) {
      const row = start / dimension;
      throw new RangeError(`vector ${row} has length ${length}: it must be finite and not zero`);
    }
    for (let k = start; k < start + dimension; k++) matrix[k] = (matrix[k] as number) / length;
  }
  return matrix;
}

/** Inner product in float64; the cosine similarity of unit vectors. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new RangeError(`vectors of ${a.length} and ${b.length} numbers have no inner product`);
  }
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number);
  return sum;
}

/** Cosine similarity in [-1, 1] of two vectors of any length but zero. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const similarity = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  return Math.min(1, Math.max(-1, similarity));
}

/** Cosine distance 1 - cos in [0, 2], the paper's d. */
export const cosineDistance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  1 - cosine(a, b);

/** Row `i` of a row-major matrix, without copying. */
export const row = (matrix: Float32Array, dimension: number, i: number): Float32Array =>
  matrix.subarray(i * dimension, (i + 1) * dimension);

/**
 * Eq. 3: normalise(x + beta v), the embedding a sample is generated from.
 * @param x unit reference embedding, [d]
 * @param beta noise scale >= 0
 * @param v standard normal noise, [d]
 */
export function perturb(x: ArrayLike<number>, beta: number, v: ArrayLike<number>): Float32Array {
  return normalise(Float64Array.from({ length: x.length }, (_, k) => at(x, k) + beta * at(v, k)));
}

const at = (values: ArrayLike<number>, k: number) => values[k] as number;
