/** Unit vectors of R^dimension as a row-major matrix. Float64 serves as the reference. */
export interface Rows {
  data: Float32Array | Float64Array;
  dimension: number;
}

export const rowCount = ({ data, dimension }: Rows): number => data.length / dimension;

/** Inner product in float64; the cosine similarity of unit vectors. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new RangeError(`vectors of ${a.length} and ${b.length} numbers have no inner product`);
  }
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number);
  return sum;
}

/** Inner product of rows `i` of `a` and `j` of `b`, in float64. */
export function rowDot(a: Rows, i: number, b: Rows, j: number): number {
  const { dimension: d } = a;
  const p = i * d;
  const q = j * d;
  let sum = 0;
  for (let k = 0; k < d; k++) sum += (a.data[p + k] as number) * (b.data[q + k] as number);
  return sum;
}

/** Row `i`: a view of the matrix. */
export const rowOf = (matrix: Float32Array, dimension: number, i: number): Float32Array =>
  matrix.subarray(i * dimension, (i + 1) * dimension);

/** Rows of one length as a matrix. */
export function joinRows(rows: readonly Float32Array[], dimension: number): Float32Array {
  const matrix = new Float32Array(rows.length * dimension);
  rows.forEach((row, i) => {
    matrix.set(row, i * dimension);
  });
  return matrix;
}

/** Copies of the rows at `indices`, in that order. */
export function pickRows({ data, dimension: d }: Rows, indices: ArrayLike<number>): Rows {
  const picked = new Float32Array(indices.length * d);
  for (let k = 0; k < indices.length; k++) {
    const start = (indices[k] as number) * d;
    picked.set(data.subarray(start, start + d), k * d);
  }
  return { data: picked, dimension: d };
}

/** Rows as an array of arrays of numbers, as JSON has them. */
export const toArrays = ({ data, dimension }: Rows): number[][] =>
  Array.from({ length: data.length / dimension }, (_, i) => [
    ...data.subarray(i * dimension, (i + 1) * dimension),
  ]);
