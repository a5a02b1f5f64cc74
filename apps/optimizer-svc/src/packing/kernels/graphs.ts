import { encodeModel, type OnnxNode, type OnnxValue } from "@hyperface/inference";

export const OPSET = 17;
export const input = (
  name: string,
  type: OnnxValue["type"],
  dims: OnnxValue["dims"],
): OnnxValue => ({
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

const rowSums = (axis: number, from: string, to: string): OnnxNode => ({
  op: "ReduceSum",
  inputs: [from, axis === 1 ? "alongRow" : "alongColumn"],
  outputs: [to],
  attributes: { keepdims: { int: 0 } },
});

/** P = exp of (product + bias) within bounds. */
const weigh = (bias: string, to: string): OnnxNode[] => [
  { op: "Add", inputs: ["product", bias], outputs: [`${to}Exponent`] },
  { op: "Clip", inputs: [`${to}Exponent`, "least", "limit"], outputs: [`${to}Bounded`] },
  { op: "Exp", inputs: [`${to}Bounded`], outputs: [to] },
];

const transpose = (from: string, to: string): OnnxNode => ({
  op: "Transpose",
  inputs: [from],
  outputs: [to],
});

/** A tile of pairs: of points with themselves, with other points, or with a set that does not move. */
export type TileKind = "within" | "between" | "set";
/** One level for all points, or each its own. */
export type Levels = "shared" | "own";

/** Weights of a tile's pairs as seen from a, and their sum over both orders of a pair. */
const WEIGHTS: Record<TileKind, Record<Levels, OnnxNode[]>> = {
  within: {
    shared: [],
    own: [transpose("ofA", "turned"), { op: "Add", inputs: ["ofA", "turned"], outputs: ["both"] }],
  },
  between: {
    shared: [],
    own: [...weigh("biasB", "ofB"), { op: "Add", inputs: ["ofA", "ofB"], outputs: ["both"] }],
  },
  set: { shared: [], own: [] },
};

/**
 * A tile of the log-sum-exp energy: points a [p, d], multiplied by sharpness, and b [q, d]; biasA [p, 1] or [1, 1] is
 * -sharpness level of a, biasB [1, q] of b (`between` with own levels alone); limit [] the largest exponent.
 * P = exp(min(a b' + bias, limit)), W = P, with own levels W = P + P'. `within`: a and b are the same points, and
 * mask [p, p] is far below 0 where a point meets itself, else 0.
 * -> forceA = W b [p, d], sumA = each row's sum of P [p], largestA = each row's largest of a b' [p]; and `between`, the
 * same of b: forceB = W' a [q, d], sumB and largestB [q].
 */
export function repulsionGraph(dimension: number, kind: TileKind, levels: Levels): Uint8Array {
  const within = kind === "within";
  const bothWays = kind === "between";
  const own = levels === "own" && kind !== "set";
  const weights = own ? "both" : "ofA";
  const gemm: OnnxNode = {
    op: "Gemm",
    inputs: ["a", "b"],
    outputs: [within ? "withSelf" : "product"],
    attributes: { transB: { int: 1 } },
  };
  return encodeModel({
    name: "repulsion",
    opset: OPSET,
    initializers: {
      // Below this a weight counts for nothing, and further down it would be a denormal, slow to multiply.
      least: { dims: [], data: Float32Array.of(-60) },
      alongRow: { dims: [1], data: BigInt64Array.of(1n) },
      ...(bothWays ? { alongColumn: { dims: [1], data: BigInt64Array.of(0n) } } : {}),
    },
    nodes: [
      gemm,
      ...(within ? [{ op: "Add", inputs: ["withSelf", "mask"], outputs: ["product"] }] : []),
      largestAlong(1, "product", "largestA"),
      ...weigh("biasA", "ofA"),
      ...WEIGHTS[kind][levels],
      { op: "MatMul", inputs: [weights, "b"], outputs: ["forceA"] },
      rowSums(1, "ofA", "sumA"),
      ...(bothWays ? ofB(weights, own ? "ofB" : "ofA") : []),
    ],
    inputs: [
      input("a", "float32", ["p", dimension]),
      input("b", "float32", ["q", dimension]),
      input("biasA", "float32", ["r", 1]),
      ...(bothWays && own ? [input("biasB", "float32", [1, "q"])] : []),
      input("limit", "float32", []),
      ...(within ? [input("mask", "float32", ["p", "q"])] : []),
    ],
    outputs: [
      input("forceA", "float32", ["p", dimension]),
      input("sumA", "float32", ["p"]),
      input("largestA", "float32", ["p"]),
      ...(bothWays
        ? [
            input("forceB", "float32", ["q", dimension]),
            input("sumB", "float32", ["q"]),
            input("largestB", "float32", ["q"]),
          ]
        : []),
    ],
  });
}

const ofB = (weights: string, own: string): OnnxNode[] => [
  largestAlong(0, "product", "largestB"),
  {
    op: "Gemm",
    inputs: [weights, "a"],
    outputs: ["forceB"],
    attributes: { transA: { int: 1 } },
  },
  rowSums(0, own, "sumB"),
];
