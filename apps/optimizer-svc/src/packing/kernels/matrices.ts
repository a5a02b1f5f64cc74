import { memoiseLoads } from "@hyperface/contracts";
import { createSession, floatsOf, type TensorValue } from "@hyperface/inference";
import { inverseFourthRootGraph, productGraph } from "./matrix-graphs.ts";

/** Products with d x d matrices, row-major. Equal arguments give equal bits. */
export interface Matrices {
  /** a' a of a matrix of rows of length d, [d, d]. */
  gram(a: Float32Array, d: number): Promise<Float32Array>;
  /** a b: rows of length d times a matrix, [n, d]. */
  times(a: Float32Array, b: Float32Array, d: number): Promise<Float32Array>;
  /** A^(-1/4), [d, d], of a symmetric matrix with eigenvalues from 1e-4 to 1. */
  inverseFourthRoot(a: Float32Array, d: number): Promise<Float32Array>;
}

/** On ONNX Runtime. */
export async function createMatrices(d: number): Promise<Matrices> {
  const rows = (data: Float32Array): TensorValue => ({ data, dims: [data.length / d, d] });
  const product = async (turned: boolean) => {
    const session = await createSession(productGraph(turned));
    return async (a: Float32Array, b: Float32Array) => {
      const found = await session.run({ a: rows(a), b: rows(b) });
      return floatsOf(found, "product").data;
    };
  };
  const [gram, times] = await Promise.all([product(true), product(false)]);
  // Larger than the other graphs: made where it is first needed.
  const root = memoiseLoads(() => createSession(inverseFourthRootGraph(d)));
  return {
    gram: (a) => gram(a, a),
    times,
    async inverseFourthRoot(a) {
      const found = await (await root()).run({ m0: rows(a) });
      return floatsOf(found, "root").data;
    },
  };
}
