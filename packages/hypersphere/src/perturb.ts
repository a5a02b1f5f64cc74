import { normalise } from "@hyperface/vectors";

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
