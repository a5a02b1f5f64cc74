import { encodeModel, type OnnxNode, type OnnxValue } from "@hyperface/inference";

const OPSET = 17;
const input = (name: string, type: OnnxValue["type"], dims: OnnxValue["dims"]): OnnxValue => ({
  name,
  type,
  dims,
});

/** queries [q, d], candidates [m, d] -> cosines [q, m]. */
export const cosinesGraph = (dimension: number): Uint8Array =>
  encodeModel({
    name: "cosines",
    opset: OPSET,
    initializers: {},
    nodes: [
      {
        op: "Gemm",
        inputs: ["queries", "candidates"],
        outputs: ["cosines"],
        attributes: { transB: { int: 1 } },
      },
    ],
    inputs: [
      input("queries", "float32", ["q", dimension]),
      input("candidates", "float32", ["m", dimension]),
    ],
    outputs: [input("cosines", "float32", ["q", "m"])],
  });

/** A reduction without its dimension; over everything where there is no axis. */
const reduce = (op: "ReduceMax", axis: number, from: string, to: string): OnnxNode => ({
  op,
  inputs: [from],
  outputs: [to],
  attributes: { axes: { ints: [axis] }, keepdims: { int: 0 } },
});

/**
 * A tile of the log-sum-exp energy: points a [p, d], multiplied by beta, and b [q, d]; bias [1, 1] or
 * [p, q] is -beta shift, and far below that where a pair does not count. P = exp(min(a b' + bias, limit)).
 * -> forceA = P b [p, d], forceB = P' a [q, d], total = sum P, and the largest exponent of each row and
 * of each column.
 */
export const repulsionGraph = (dimension: number, exponentLimit: number): Uint8Array =>
  encodeModel({
    name: "repulsion",
    opset: OPSET,
    initializers: {
      // Below this a weight counts for nothing, and further down it would be a denormal, slow to multiply.
      least: { dims: [], data: Float32Array.of(-60) },
      limit: { dims: [], data: Float32Array.of(exponentLimit) },
    },
    nodes: [
      {
        op: "Gemm",
        inputs: ["a", "b", "bias"],
        outputs: ["exponent"],
        attributes: { transB: { int: 1 } },
      },
      reduce("ReduceMax", 1, "exponent", "largestA"),
      reduce("ReduceMax", 0, "exponent", "largestB"),
      { op: "Clip", inputs: ["exponent", "least", "limit"], outputs: ["bounded"] },
      { op: "Exp", inputs: ["bounded"], outputs: ["weights"] },
      { op: "MatMul", inputs: ["weights", "b"], outputs: ["forceA"] },
      {
        op: "Gemm",
        inputs: ["weights", "a"],
        outputs: ["forceB"],
        attributes: { transA: { int: 1 } },
      },
      {
        op: "ReduceSum",
        inputs: ["weights"],
        outputs: ["total"],
        attributes: { keepdims: { int: 0 } },
      },
    ],
    inputs: [
      input("a", "float32", ["p", dimension]),
      input("b", "float32", ["q", dimension]),
      input("bias", "float32", ["r", "s"]),
    ],
    outputs: [
      input("forceA", "float32", ["p", dimension]),
      input("forceB", "float32", ["q", dimension]),
      input("total", "float32", []),
      input("largestA", "float32", ["p"]),
      input("largestB", "float32", ["q"]),
    ],
  });
