import { encodeModel, type OnnxNode } from "@hyperface/inference";
import { input, OPSET } from "./graphs.ts";

/** a [n, p], b [n, q] -> product = a' b [p, q]; or, not turned, a [n, d], b [d, q] -> a b [n, q]. */
export const productGraph = (turned: boolean): Uint8Array =>
  encodeModel({
    name: "product",
    opset: OPSET,
    initializers: {},
    nodes: [
      {
        op: "Gemm",
        inputs: ["a", "b"],
        outputs: ["product"],
        attributes: { transA: { int: turned ? 1 : 0 } },
      },
    ],
    inputs: [
      input("a", "float32", turned ? ["n", "p"] : ["n", "d"]),
      input("b", "float32", turned ? ["n", "q"] : ["d", "q"]),
    ],
    outputs: [input("product", "float32", turned ? ["p", "q"] : ["n", "q"])],
  });

/** Newton steps of the inverse fourth root: enough for eigenvalues from 1 down to 1e-4. */
const ROOT_STEPS = 15;

/**
 * Coupled Newton iteration for A^(-1/4) (Guo and Higham 2006, p = 4): A [d, d] symmetric, eigenvalues in (0, 1];
 * M = A, X = I, then T = (5 I - M) / 4, X <- X T, M <- T^4 M. -> root [d, d].
 */
export function inverseFourthRootGraph(dimension: number): Uint8Array {
  const identity = new Float32Array(dimension ** 2);
  for (let k = 0; k < dimension; k++) identity[k * dimension + k] = 1;
  const product = (a: string, b: string, to: string): OnnxNode => ({
    op: "MatMul",
    inputs: [a, b],
    outputs: [to],
  });
  const step = (k: number): OnnxNode[] => [
    { op: "Mul", inputs: [`m${k}`, "quarter"], outputs: [`quarter${k}`] },
    { op: "Sub", inputs: ["start", `quarter${k}`], outputs: [`t${k}`] },
    product(`x${k}`, `t${k}`, k === ROOT_STEPS - 1 ? "root" : `x${k + 1}`),
    product(`t${k}`, `t${k}`, `square${k}`),
    product(`square${k}`, `square${k}`, `fourth${k}`),
    product(`fourth${k}`, `m${k}`, `m${k + 1}`),
  ];
  return encodeModel({
    name: "root",
    opset: OPSET,
    initializers: {
      quarter: { dims: [], data: Float32Array.of(0.25) },
      x0: { dims: [dimension, dimension], data: identity },
      start: { dims: [dimension, dimension], data: identity.map((value) => 1.25 * value) },
    },
    nodes: Array.from({ length: ROOT_STEPS }, (_, k) => step(k)).flat(),
    inputs: [input("m0", "float32", [dimension, dimension])],
    outputs: [input("root", "float32", [dimension, dimension])],
  });
}
