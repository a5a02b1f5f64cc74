import { HyperFaceError } from "@hyperface/contracts";
import type { Tensor } from "@hyperface/formats";
import { normaliseRows } from "./normalise.ts";

/**
 * Somebody's vectors as unit rows: the one door at which vectors become unit length.
 * @param name what they are, for errors
 * @param dimension numbers a vector must have
 * @returns row-major float32 [n, dimension]
 * @throws HyperFaceError `unsupported-dtype` where they are not floating point, `dimension-mismatch`, and
 * `invalid-vector` where one is zero or not finite
 */
export function admitVectors(
  { data, shape }: Tensor,
  { name, dimension }: { name: string; dimension: number },
): Float32Array {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw new HyperFaceError(
      "unsupported-dtype",
      `${name}: not floating point: save x.astype("<f4")`,
    );
  }
  if (shape.length !== 2 || shape[1] !== dimension || shape[0] === 0) {
    throw new HyperFaceError(
      "dimension-mismatch",
      `${name}: shape (${shape.join(", ")}) is not (n, ${dimension}), n >= 1`,
    );
  }
  try {
    return normaliseRows(data, dimension);
  } catch (cause) {
    throw new HyperFaceError("invalid-vector", `${name}: ${(cause as Error).message}`, { cause });
  }
}
