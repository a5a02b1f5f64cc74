import type { OnnxGraph, OnnxNode, OnnxTensor } from "../onnx/model.ts";
import { readTflite, type TfliteGraph, type TfliteOperator, type TfliteTensor } from "./reader.ts";

const OPSET = 17;

interface Conversion {
  graph: TfliteGraph;
  nodes: OnnxNode[];
  initializers: Record<string, OnnxTensor>;
}

/**
 * An ONNX graph of a float TensorFlow Lite model. Images become planar: [N, H, W, C] in the model is
 * [N, C, H, W] here, and every size of the inputs but the channels is free.
 * @param outputNames names for the outputs, in the model's order
 * @throws Error naming an operator that is not converted
 */
export function convertTflite(bytes: Uint8Array, outputNames: readonly string[]): OnnxGraph {
  const graph = readTflite(bytes);
  const conversion: Conversion = { graph, nodes: [], initializers: {} };
  for (const operator of graph.operators) {
    const convert = OPERATORS[operator.code];
    if (!convert) throw new Error(`TensorFlow Lite operator ${operator.code} is not converted`);
    convert(conversion, operator);
  }
  const values = (indices: number[], rename: readonly string[]) =>
    indices.map((index, i) => ({
      name: rename[i] as string,
      type: "float32" as const,
      dims: freeDims(graph.tensors[index] as TfliteTensor),
    }));
  const names = new Map([
    ...graph.inputs.map((index, i) => [nameOf(index), INPUT_NAMES[i] as string] as const),
    ...graph.outputs.map((index, i) => [nameOf(index), outputNames[i] as string] as const),
  ]);
  const renamed = (name: string) => names.get(name) ?? name;
  return {
    name: "converted",
    opset: OPSET,
    nodes: conversion.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(renamed),
      outputs: node.outputs.map(renamed),
    })),
    initializers: conversion.initializers,
    inputs: values(graph.inputs, INPUT_NAMES),
    outputs: values(graph.outputs, outputNames),
  };
}

const INPUT_NAMES = ["input"];
const nameOf = (tensor: number) => `t${tensor}`;

function freeDims({ shape }: TfliteTensor): (number | string)[] {
  return shape.length === 4 ? ["N", shape[3] as number, "H", "W"] : ["N", ...shape.slice(1)];
}

type Converter = (conversion: Conversion, operator: TfliteOperator) => void;

// BuiltinOperator of TensorFlow Lite's schema.fbs.
const OPERATORS: Record<number, Converter> = {
  0: elementwise("Add"),
  1: pool("AveragePool"),
  3: convolution(false),
  4: convolution(true),
  6: dequantize,
  9: fullyConnected,
  14: elementwise("Sigmoid"),
  17: pool("MaxPool"),
  18: elementwise("Mul"),
  19: elementwise("Relu"),
  22: flatten,
  23: resizeBilinear,
  32: custom,
  41: elementwise("Sub"),
  42: elementwise("Div"),
  47: elementwise("Exp"),
  59: elementwise("Neg"),
  74: reduce("ReduceSum"),
  82: reduce("ReduceMax"),
  101: elementwise("Abs"),
  117: elementwise("HardSwish"),
};

function elementwise(op: string): Converter {
  return (conversion, { inputs, outputs }) => {
    const rank = shapeOf(conversion, outputs[0]).length;
    const operands = inputs.map((index) => operand(conversion, index, rank));
    emit(conversion, op, operands, outputs);
  };
}

/** An operand by name; a constant per channel is shaped to broadcast over planes. */
function operand(conversion: Conversion, index: number, rank: number): string {
  const { data, shape } = tensorOf(conversion, index);
  if (!data) return nameOf(index);
  if (!shape.slice(0, -1).every((size) => size === 1)) {
    throw new Error(`constant of shape ${shape} does not hold one number a channel`);
  }
  const dims = rank === 4 ? [1, data.length, 1, 1] : [data.length];
  return constant(conversion, index, { dims, data });
}

function convolution(depthwise: boolean): Converter {
  return (conversion, { inputs, outputs, options }) => {
    const [input, kernel, bias] = inputs as [number, number, number | undefined];
    const { data, shape } = tensorOf(conversion, kernel);
    const [a, height, width, b] = shape as [number, number, number, number];
    const weights = data as Float32Array;
    // OHWI to OIHW; a depthwise kernel is 1HWO and becomes O1HW.
    const planar = depthwise
      ? { dims: [b, 1, height, width], data: permute(weights, [a, height, width, b], [3, 0, 1, 2]) }
      : {
          dims: [a, b, height, width],
          data: permute(weights, [a, height, width, b], [0, 3, 1, 2]),
        };
    const operands = [nameOf(input), constant(conversion, kernel, planar)];
    if (bias !== undefined) {
      const values = tensorOf(conversion, bias).data as Float32Array;
      operands.push(constant(conversion, bias, { dims: [values.length], data: values }));
    }
    // A depthwise operator has its multiplier before the activation.
    refuseActivation(options.byte(depthwise ? 4 : 3));
    emit(conversion, "Conv", operands, outputs, {
      ...window(options),
      kernel_shape: { ints: [height, width] },
      group: { int: depthwise ? b : 1 },
    });
  };
}

/** Constants kept in half precision: the reader has widened them, so theirs are the output's values. */
function dequantize({ graph }: Conversion, { inputs, outputs }: TfliteOperator): void {
  const { data } = graph.tensors[inputs[0] as number] as TfliteTensor;
  if (!(data instanceof Float32Array)) throw new Error("only half-precision constants are widened");
  (graph.tensors[outputs[0] as number] as TfliteTensor).data = data;
}

/** By a whole factor, so that the image's size stays free. */
function resizeBilinear(
  conversion: Conversion,
  { inputs, outputs, options }: TfliteOperator,
): void {
  const [input, size] = inputs as [number, number];
  const [, height, width] = shapeOf(conversion, input) as [number, number, number];
  const [newHeight, newWidth] = tensorOf(conversion, size).data as Int32Array;
  const factors = [(newHeight as number) / height, (newWidth as number) / width];
  if (options.byte(2) || !options.byte(3) || !factors.every(Number.isInteger)) {
    throw new Error("a resize other than by whole factors of half-pixel centres is not converted");
  }
  const scales = { dims: [4], data: Float32Array.of(1, 1, ...factors) };
  emit(conversion, "Resize", [nameOf(input), "", constant(conversion, size, scales)], outputs, {
    mode: { string: "linear" },
    coordinate_transformation_mode: { string: "half_pixel" },
  });
}

/** MediaPipe's own operator, where its kernel is as large as its stride: every output has one tap. */
function custom(conversion: Conversion, { inputs, outputs, custom: name }: TfliteOperator): void {
  if (name !== "Convolution2DTransposeBias") throw new Error(`operator ${name} is not converted`);
  const [input, kernel, bias] = inputs as [number, number, number];
  const { data, shape } = tensorOf(conversion, kernel);
  const [o, height, width, i] = shape as [number, number, number, number];
  const from = shapeOf(conversion, input);
  const to = shapeOf(conversion, outputs[0]);
  if (to[1] !== (from[1] as number) * height || to[2] !== (from[2] as number) * width) {
    throw new Error(`a transposed convolution whose kernel and stride differ is not converted`);
  }
  // OHWI to IOHW.
  const weights = permute(data as Float32Array, [o, height, width, i], [3, 0, 1, 2]);
  const offsets = tensorOf(conversion, bias).data as Float32Array;
  const operands = [
    nameOf(input),
    constant(conversion, kernel, { dims: [i, o, height, width], data: weights }),
    constant(conversion, bias, { dims: [offsets.length], data: offsets }),
  ];
  emit(conversion, "ConvTranspose", operands, outputs, {
    kernel_shape: { ints: [height, width] },
    strides: { ints: [height, width] },
  });
}

function pool(op: string): Converter {
  return (conversion, { inputs, outputs, options }) => {
    refuseActivation(options.byte(5));
    const [, height, width] = shapeOf(conversion, inputs[0]);
    if (op === "AveragePool" && options.int(4) === height && options.int(3) === width) {
      return emit(conversion, "GlobalAveragePool", [nameOf(inputs[0] as number)], outputs);
    }
    emit(conversion, op, [nameOf(inputs[0] as number)], outputs, {
      ...window(options),
      kernel_shape: { ints: [options.int(4), options.int(3)] },
    });
  };
}

function fullyConnected(
  conversion: Conversion,
  { inputs, outputs, options }: TfliteOperator,
): void {
  const [input, kernel, bias] = inputs as [number, number, number];
  const shape = shapeOf(conversion, input);
  const { data, shape: size } = tensorOf(conversion, kernel);
  let weights = data as Float32Array;
  let source = nameOf(input);
  if (shape.length === 4) {
    const [, height, width, channels] = shape as [number, number, number, number];
    weights = permute(weights, [size[0] as number, height, width, channels], [0, 3, 1, 2]);
    source = `${source}_flat`;
    conversion.nodes.push({ op: "Flatten", inputs: [nameOf(input)], outputs: [source] });
  }
  refuseActivation(options.byte(0));
  const offsets = tensorOf(conversion, bias).data as Float32Array;
  const operands = [
    source,
    constant(conversion, kernel, { dims: [...size], data: weights }),
    constant(conversion, bias, { dims: [offsets.length], data: offsets }),
  ];
  emit(conversion, "Gemm", operands, outputs, { transB: { int: 1 } });
}

/** A reshape of [N, 1, 1, C] to [N, C]: any other would depend on the order of the pixels. */
function flatten(conversion: Conversion, { inputs, outputs }: TfliteOperator): void {
  const shape = shapeOf(conversion, inputs[0]);
  if (shape[1] !== 1 || shape[2] !== 1) throw new Error(`a reshape of ${shape} is not converted`);
  emit(conversion, "Flatten", [nameOf(inputs[0] as number)], outputs);
}

function reduce(op: string): Converter {
  return (conversion, { inputs, outputs, options }) => {
    const [input, axes] = inputs as [number, number];
    const rank = shapeOf(conversion, input).length;
    const [axis] = tensorOf(conversion, axes).data as Int32Array;
    if (axis !== rank - 1)
      throw new Error(`a reduction over axis ${axis} of ${rank} is not converted`);
    const keepdims = { keepdims: { int: options.byte(0) } };
    const source = [nameOf(input)];
    // Only ReduceSum takes its axes as an input at this opset.
    if (op === "ReduceSum") {
      const dims = { dims: [1], data: BigInt64Array.of(1n) };
      emit(conversion, op, [...source, constant(conversion, axes, dims)], outputs, keepdims);
    } else {
      emit(conversion, op, source, outputs, { ...keepdims, axes: { ints: [1] } });
    }
  };
}

/** Padding and strides, which convolutions and pools keep in the same fields. */
const window = (options: TfliteOperator["options"]): OnnxNode["attributes"] => ({
  auto_pad: { string: options.byte(0) === 0 ? "SAME_UPPER" : "VALID" },
  strides: { ints: [options.int(2), options.int(1)] },
});

function refuseActivation(activation: number): void {
  if (activation !== 0) throw new Error(`fused activation ${activation} is not converted`);
}

function emit(
  conversion: Conversion,
  op: string,
  inputs: string[],
  outputs: number[],
  attributes: OnnxNode["attributes"] = {},
): void {
  conversion.nodes.push({ op, inputs, outputs: outputs.map(nameOf), attributes });
}

function constant(
  { initializers }: Conversion,
  index: number,
  { dims, data }: { dims: number[]; data: OnnxTensor["data"] | Int32Array },
): string {
  const name = `c${index}_${dims.length}`;
  initializers[name] = { dims, data };
  return name;
}

const tensorOf = ({ graph }: Conversion, index: number | undefined) =>
  graph.tensors[index as number] as TfliteTensor;
const shapeOf = (conversion: Conversion, index: number | undefined) =>
  tensorOf(conversion, index).shape;

/** A four-dimensional array with its axes in another order. */
function permute(
  data: Float32Array,
  shape: [number, number, number, number],
  order: [number, number, number, number],
): Float32Array {
  const strides = [shape[1] * shape[2] * shape[3], shape[2] * shape[3], shape[3], 1];
  const sizes = order.map((axis) => shape[axis] as number);
  const steps = order.map((axis) => strides[axis] as number);
  const [n0, n1, n2, n3] = sizes as [number, number, number, number];
  const [s0, s1, s2, s3] = steps as [number, number, number, number];
  const out = new Float32Array(data.length);
  let k = 0;
  for (let a = 0; a < n0; a++)
    for (let b = 0; b < n1; b++)
      for (let c = 0; c < n2; c++)
        for (let d = 0; d < n3; d++) out[k++] = data[a * s0 + b * s1 + c * s2 + d * s3] as number;
  return out;
}
