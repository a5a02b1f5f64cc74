import { HyperFaceError } from "@hyperface/contracts";
import { normaliseRows } from "@hyperface/hypersphere";

/** Unit vectors of R^dimension as a row-major matrix. Float64 serves as the reference. */
export interface Rows {
  data: Float32Array | Float64Array;
  dimension: number;
}

export const rowCount = ({ data, dimension }: Rows): number => data.length / dimension;

/** Inner product of rows `i` of `a` and `j` of `b`, in float64. */
export function rowDot(a: Rows, i: number, b: Rows, j: number): number {
  const { dimension: d } = a;
  const p = i * d;
  const q = j * d;
  let sum = 0;
  for (let k = 0; k < d; k++) sum += (a.data[p + k] as number) * (b.data[q + k] as number);
  return sum;
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

/**
 * A caller's vectors as unit rows, in place.
 * @param name what they are, for the error
 * @throws HyperFaceError `dimension-mismatch`; `invalid-vector` where one is zero or not finite
 */
export function unitRows(
  data: Float32Array,
  shape: readonly number[],
  { name, dimension }: { name: string; dimension: number },
): Rows {
  const [count = 0, length] = shape;
  if (shape.length !== 2 || length !== dimension) {
    throw new HyperFaceError(
      "dimension-mismatch",
      `${name} has shape (${shape.join(", ")}): the spec needs (n, ${dimension})`,
    );
  }
  if (count === 0) throw new HyperFaceError("invalid-packing", `${name} holds no vector`);
  try {
    normaliseRows(data, dimension);
  } catch (error) {
    throw new HyperFaceError("invalid-vector", `${name}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return { data, dimension };
}
