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

const largestAlong = (axis: number, from: string, to: string): OnnxNode => ({
  op: "ReduceMax",
  inputs: [from],
  outputs: [to],
  attributes: { axes: { ints: [axis] }, keepdims: { int: 0 } },
});

/** A tile of pairs: of points with themselves, with other points, or with points that do not move. */
export type TileKind = "within" | "between" | "repelled";

/** What a tile does to its points b. */
const ON_B: OnnxNode[] = [
  largestAlong(0, "exponent", "largestB"),
  {
    op: "Gemm",
    inputs: ["weights", "a"],
    outputs: ["forceB"],
    attributes: { transA: { int: 1 } },
  },
];

/**
 * A tile of the log-sum-exp energy: points a [p, d], multiplied by sharpness, and b [q, d]; bias [1, 1] is
 * -sharpness shift. P = exp(min(a b' + bias, limit)). `within`: a and b are the same points, and mask
 * [p, p] is far below 0 where a point meets itself, else 0.
 * -> forceA = P b [p, d], total = sum P, largestA = each row's largest exponent [p]; and `between`,
 * forceB = P' a [q, d] and largestB = each column's [q].
 */
export function repulsionGraph(
  dimension: number,
  { exponentLimit, kind }: { exponentLimit: number; kind: TileKind },
): Uint8Array {
  const within = kind === "within";
  const bothWays = kind === "between";
  return encodeModel({
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
        outputs: [within ? "withSelf" : "exponent"],
        attributes: { transB: { int: 1 } },
      },
      ...(within ? [{ op: "Add", inputs: ["withSelf", "mask"], outputs: ["exponent"] }] : []),
      largestAlong(1, "exponent", "largestA"),
      { op: "Clip", inputs: ["exponent", "least", "limit"], outputs: ["bounded"] },
      { op: "Exp", inputs: ["bounded"], outputs: ["weights"] },
      { op: "MatMul", inputs: ["weights", "b"], outputs: ["forceA"] },
      {
        op: "ReduceSum",
        inputs: ["weights"],
        outputs: ["total"],
        attributes: { keepdims: { int: 0 } },
      },
      ...(bothWays ? ON_B : []),
    ],
    inputs: [
      input("a", "float32", ["p", dimension]),
      input("b", "float32", ["q", dimension]),
      input("bias", "float32", [1, 1]),
      ...(within ? [input("mask", "float32", ["p", "q"])] : []),
    ],
    outputs: [
      input("forceA", "float32", ["p", dimension]),
      input("total", "float32", []),
      input("largestA", "float32", ["p"]),
      ...(bothWays
        ? [input("forceB", "float32", ["q", dimension]), input("largestB", "float32", ["q"])]
        : []),
    ],
  });
}
