import type { OnnxGraph, OnnxNode, OnnxTensor } from "../onnx/model.ts";

/** Who makes and who reads the values of a graph. */
export interface Wiring {
  /** The node whose first output `name` is. */
  producer(name: string | undefined): OnnxNode | undefined;
  /** The one node that reads `name`, where no other and no output of the graph does. */
  soleReader(name: string): OnnxNode | undefined;
  constant(name: string | undefined): OnnxTensor | undefined;
  /** Whether `name` is a constant that one node alone reads, so that it may be changed. */
  isOwn(name: string | undefined): boolean;
}

export function createWiring(graph: OnnxGraph): Wiring {
  const producers = new Map(graph.nodes.map((node) => [node.outputs[0] as string, node]));
  const readers = new Map<string, OnnxNode[]>();
  for (const node of graph.nodes) {
    for (const name of node.inputs) readers.set(name, [...(readers.get(name) ?? []), node]);
  }
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const soleReader = (name: string) => {
    const [reader, ...others] = readers.get(name) ?? [];
    return others.length === 0 && !outputs.has(name) ? reader : undefined;
  };
  const constant = (name: string | undefined) =>
    name !== undefined && Object.hasOwn(graph.initializers, name)
      ? graph.initializers[name]
      : undefined;
  return {
    producer: (name) => (name === undefined ? undefined : producers.get(name)),
    soleReader,
    constant,
    isOwn: (name) => constant(name) !== undefined && soleReader(name as string) !== undefined,
  };
}

export function attributeInt({ attributes }: OnnxNode, name: string, missing = 1): number {
  const value = attributes?.[name];
  return value && "int" in value ? value.int : missing;
}

/** @throws Error where the tensor is not float32 */
export function floats({ data }: OnnxTensor): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new Error("the tensor is not float32");
}
