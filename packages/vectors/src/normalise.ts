/**
 * How far from 1 the squared length of a unit row may be. Rounding each number of a row to float32 moves it by
 * at most 2^-23, so a normalised row is always within it.
 */
const UNIT_TOLERANCE = 2 ** -22;

type Numbers = ArrayLike<number>;

/**
 * Unit-length float32 copy of `v`, scaled in float64 and narrowed once.
 * @throws RangeError where the vector is zero or holds a non-finite number: it has no direction.
 */
export const normalise = (v: Numbers): Float32Array => normaliseRows(v, v.length);

/**
 * Unit-length float32 copies of the rows of a row-major matrix [n, dimension]. Idempotent: a row whose length is
 * 1 to within float32 rounding keeps its bits, on any processor. Scaled in float64, whatever its range, and
 * narrowed once.
 * @throws RangeError naming the first row that is zero or not finite
 */
export function normaliseRows(matrix: Numbers, dimension: number): Float32Array {
  const unit = Float32Array.from(matrix);
  for (let start = 0; start < matrix.length; start += dimension) {
    if (isUnit(matrix, start, dimension)) continue;
    // The largest number is taken out first: its square may be beyond float64's range.
    const largest = largestOf(matrix, start, dimension);
    if (!(largest > 0 && largest < Infinity)) {
      const said = largest === 0 ? "is zero" : "holds a number that is not finite";
      throw new RangeError(`vector ${start / dimension} ${said}: it has no direction`);
    }
    let square = 0;
    for (let k = start; k < start + dimension; k++)
      square += ((matrix[k] as number) / largest) ** 2;
    const length = Math.sqrt(square);
    for (let k = start; k < start + dimension; k++) {
      unit[k] = (matrix[k] as number) / largest / length;
    }
  }
  return unit;
}

/** The first row that is not of unit length to within float32 rounding; -1 where all are. */
export function findNotUnit(matrix: Numbers, dimension: number): number {
  for (let start = 0; start < matrix.length; start += dimension) {
    if (!isUnit(matrix, start, dimension)) return start / dimension;
  }
  return -1;
}

function isUnit(matrix: Numbers, start: number, dimension: number): boolean {
  let square = 0;
  for (let k = start; k < start + dimension; k++) square += (matrix[k] as number) ** 2;
  return Math.abs(square - 1) <= UNIT_TOLERANCE;
}

/** Largest absolute value of a row; NaN where it holds one. */
function largestOf(matrix: Numbers, start: number, dimension: number): number {
  let largest = 0;
  for (let k = start; k < start + dimension; k++) {
    largest = Math.max(largest, Math.abs(matrix[k] as number));
  }
  return largest;
}
