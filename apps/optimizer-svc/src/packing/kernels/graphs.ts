import { encodeModel, type OnnxNode, type OnnxTensor, type OnnxValue } from "@hyperface/inference";

const OPSET = 17;
const float = (value: number): OnnxTensor => ({ dims: [], data: Float32Array.of(value) });
const input = (name: string, type: OnnxValue["type"], dims: OnnxValue["dims"]): OnnxValue => ({
  name,
  type,
  dims,
});

const products: OnnxNode = {
  op: "Gemm",
  inputs: ["queries", "candidates"],
  outputs: ["cosines"],
  attributes: { transB: { int: 1 } },
};
const matrices = (d: number) => [
  input("queries", "float32", ["q", d]),
  input("candidates", "float32", ["m", d]),
];

/** queries [q, d], candidates [m, d] -> cosines [q, m]. */
export const cosinesGraph = (dimension: number): Uint8Array =>
  encodeModel({
    name: "cosines",
    opset: OPSET,
    initializers: {},
    nodes: [products],
    inputs: matrices(dimension),
    outputs: [input("cosines", "float32", ["q", "m"])],
  });

/**
 * A tile of the log-sum-exp energy: queries [q, d] at rows `self` [q, 1] of candidates [m, d], whose
 * numbers are `all` [1, m] -> force [q, d], total [q], nearest cosine [q] and its index [q].
 */
export const repulsionGraph = (dimension: number, exponentLimit: number): Uint8Array =>
  encodeModel({
    name: "repulsion",
    opset: OPSET,
    initializers: {
      below: float(-4),
      limit: float(exponentLimit),
      zero: float(0),
      rows: { dims: [1], data: BigInt64Array.of(1n) },
    },
    nodes: [
      products,
      { op: "Equal", inputs: ["self", "all"], outputs: ["itself"] },
      { op: "Where", inputs: ["itself", "below", "cosines"], outputs: ["others"] },
      {
        op: "ReduceMax",
        inputs: ["others"],
        outputs: ["nearest"],
        attributes: { axes: { ints: [1] }, keepdims: { int: 0 } },
      },
      {
        op: "ArgMax",
        inputs: ["others"],
        outputs: ["index"],
        attributes: { axis: { int: 1 }, keepdims: { int: 0 } },
      },
      { op: "Sub", inputs: ["others", "shift"], outputs: ["shifted"] },
      { op: "Mul", inputs: ["shifted", "beta"], outputs: ["exponent"] },
      { op: "Min", inputs: ["exponent", "limit"], outputs: ["bounded"] },
      { op: "Exp", inputs: ["bounded"], outputs: ["raw"] },
      { op: "Where", inputs: ["itself", "zero", "raw"], outputs: ["weights"] },
      { op: "MatMul", inputs: ["weights", "candidates"], outputs: ["force"] },
      {
        op: "ReduceSum",
        inputs: ["weights", "rows"],
        outputs: ["total"],
        attributes: { keepdims: { int: 0 } },
      },
    ],
    inputs: [
      ...matrices(dimension),
      input("self", "int32", ["q", 1]),
      input("all", "int32", [1, "m"]),
      input("beta", "float32", []),
      input("shift", "float32", []),
    ],
    outputs: [
      input("force", "float32", ["q", dimension]),
      input("total", "float32", ["q"]),
      input("nearest", "float32", ["q"]),
      input("index", "int64", ["q"]),
    ],
  });
