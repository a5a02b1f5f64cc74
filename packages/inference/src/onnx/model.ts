import {
  ModelMessage,
  type PlainAttribute,
  type PlainModel,
  type PlainTensor,
  type PlainValueInfo,
  toPlain,
} from "./proto.ts";

/** An ONNX graph as plain data, to be read, changed or built. */
export interface OnnxGraph {
  name: string;
  opset: number;
  nodes: OnnxNode[];
  initializers: Record<string, OnnxTensor>;
  inputs: OnnxValue[];
  outputs: OnnxValue[];
}

export interface OnnxNode {
  op: string;
  inputs: string[];
  outputs: string[];
  attributes?: Record<string, OnnxAttribute>;
}

/** Row-major; float16 elements as their 16 bits. */
export interface OnnxTensor {
  dims: number[];
  data: Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array | Uint16Array;
}

export type OnnxAttribute =
  | { int: number }
  | { ints: number[] }
  | { float: number }
  | { floats: number[] }
  | { string: string }
  | { tensor: OnnxTensor };

/** A graph's input or output; a dimension that is a string is free. */
export interface OnnxValue {
  name: string;
  type: keyof typeof ELEMENT_TYPES;
  dims: (number | string)[];
}

const ELEMENT_TYPES = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, float16: 10 } as const;

const ARRAYS = {
  1: Float32Array,
  2: Uint8Array,
  3: Int8Array,
  6: Int32Array,
  7: BigInt64Array,
  10: Uint16Array,
} as const;
type ElementType = keyof typeof ARRAYS;

const typeName = (code: number) =>
  (Object.keys(ELEMENT_TYPES) as OnnxValue["type"][]).find((name) => ELEMENT_TYPES[name] === code);

/** The graph of an .onnx file. @throws Error where it holds what is not read here */
export function decodeModel(bytes: Uint8Array): OnnxGraph {
  const { graph, opsetImport } = toPlain(ModelMessage.decode(bytes));
  return {
    name: graph.name,
    opset: opsetImport.find(({ domain }) => !domain)?.version ?? 1,
    nodes: graph.node.map(({ opType, input, output, attribute }) => ({
      op: opType,
      inputs: input,
      outputs: output,
      attributes: Object.fromEntries(attribute.map((a) => [a.name, readAttribute(a)])),
    })),
    initializers: Object.fromEntries(graph.initializer.map((t) => [t.name, readTensor(t)])),
    inputs: graph.input.map(readValue),
    outputs: graph.output.map(readValue),
  };
}

/** An .onnx file of a graph. */
export function encodeModel(graph: OnnxGraph): Uint8Array {
  const model: PlainModel = {
    irVersion: 8,
    opsetImport: [{ domain: "", version: graph.opset }],
    graph: {
      name: graph.name,
      node: graph.nodes.map(({ op, inputs, outputs, attributes = {} }) => ({
        opType: op,
        input: inputs,
        output: outputs,
        attribute: Object.entries(attributes).map(([name, value]) => writeAttribute(name, value)),
      })),
      initializer: Object.entries(graph.initializers).map(([name, t]) => writeTensor(t, name)),
      input: graph.inputs.map(writeValue),
      output: graph.outputs.map(writeValue),
    },
  };
  return ModelMessage.encode(ModelMessage.fromObject(model)).finish();
}

function readTensor(tensor: PlainTensor): OnnxTensor {
  const { dims, dataType, rawData } = tensor;
  const array = ARRAYS[dataType as ElementType];
  if (!array)
    throw new Error(`tensor ${tensor.name} is of ONNX type ${dataType}, which is not read`);
  if (rawData && rawData.length > 0)
    return { dims, data: new array(new Uint8Array(rawData).buffer) };
  if (dataType === 7) return { dims, data: BigInt64Array.from(tensor.int64Data, BigInt) };
  const values = dataType === 1 ? tensor.floatData : tensor.int32Data;
  return { dims, data: new (array as Float32ArrayConstructor)(values) };
}

function writeTensor({ dims, data }: OnnxTensor, name: string): PlainTensor {
  const code = Object.entries(ARRAYS).find(([, array]) => data instanceof array)?.[0];
  return {
    name,
    dims,
    dataType: Number(code),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    floatData: [],
    int32Data: [],
    int64Data: [],
  };
}

// AttributeProto.AttributeType
const ATTRIBUTE = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7 } as const;

function readAttribute(a: PlainAttribute): OnnxAttribute {
  switch (a.type) {
    case ATTRIBUTE.float:
      return { float: a.f ?? 0 };
    case ATTRIBUTE.int:
      return { int: a.i ?? 0 };
    case ATTRIBUTE.string:
      return { string: new TextDecoder().decode(a.s) };
    case ATTRIBUTE.tensor:
      return { tensor: readTensor(a.t as PlainTensor) };
    case ATTRIBUTE.floats:
      return { floats: a.floats };
    case ATTRIBUTE.ints:
      return { ints: a.ints };
    default:
      throw new Error(`attribute ${a.name} is of ONNX type ${a.type}, which is not read`);
  }
}

function writeAttribute(name: string, value: OnnxAttribute): PlainAttribute {
  const lists = { floats: [], ints: [] };
  if ("float" in value) return { name, type: ATTRIBUTE.float, f: value.float, ...lists };
  if ("int" in value) return { name, type: ATTRIBUTE.int, i: value.int, ...lists };
  if ("floats" in value) return { name, type: ATTRIBUTE.floats, ...lists, floats: value.floats };
  if ("ints" in value) return { name, type: ATTRIBUTE.ints, ...lists, ints: value.ints };
  if ("tensor" in value) {
    return { name, type: ATTRIBUTE.tensor, t: writeTensor(value.tensor, ""), ...lists };
  }
  return { name, type: ATTRIBUTE.string, s: new TextEncoder().encode(value.string), ...lists };
}

function readValue({ name, type }: PlainValueInfo): OnnxValue {
  const { elemType, shape } = type.tensorType;
  const known = typeName(elemType);
  if (!known) throw new Error(`${name} is of ONNX type ${elemType}, which is not read`);
  return { name, type: known, dims: shape.dim.map((d) => d.dimParam ?? d.dimValue ?? "?") };
}

function writeValue({ name, type, dims }: OnnxValue): PlainValueInfo {
  const dim = dims.map((d) => (typeof d === "string" ? { dimParam: d } : { dimValue: d }));
  return { name, type: { tensorType: { elemType: ELEMENT_TYPES[type], shape: { dim } } } };
}
