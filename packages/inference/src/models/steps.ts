import type { OnnxGraph, OnnxNode, OnnxTensor } from "../onnx/model.ts";

/**
 * Sets weights under 1e-9 to zero. Denormal ones cost most of a run and change no output:
 * the 512-d embedder takes 60 ms a face with them and 8 without.
 */
export function flushTinyWeights(graph: OnnxGraph): OnnxGraph {
  const flush = ({ dims, data }: OnnxTensor): OnnxTensor => ({
    dims,
    data: data instanceof Float32Array ? data.map((w) => (Math.abs(w) < 1e-9 ? 0 : w)) : data,
  });
  const entries = Object.entries(graph.initializers).map(([name, t]) => [name, flush(t)] as const);
  return { ...graph, initializers: Object.fromEntries(entries) };
}

/**
 * Frees the first dimension of a graph made for a batch of one: of its inputs and outputs and of the
 * shapes that Reshape nodes spell out.
 */
export function freeBatch(graph: OnnxGraph): OnnxGraph {
  const free = <T extends { dims: (number | string)[] }>(value: T): T => ({
    ...value,
    dims: ["N", ...value.dims.slice(1)],
  });
  const initializers = { ...graph.initializers };
  for (const node of graph.nodes.filter(({ op }) => op === "Reshape")) {
    const name = node.inputs[1] as string;
    const { dims, data } = initializers[name] as OnnxTensor;
    // 0 keeps the input's own dimension.
    const shape = BigInt64Array.from(data as BigInt64Array, (size, i) => (i === 0 ? 0n : size));
    initializers[name] = { dims, data: shape };
  }
  return {
    ...graph,
    initializers,
    // Initialisers listed as inputs too would hide the real ones.
    inputs: graph.inputs.filter(({ name }) => !(name in initializers)).map(free),
    outputs: graph.outputs.map(free),
  };
}

/**
 * Rewrites a PReLU that a converter spelt out, relu(x) + s * -relu(-x) or relu(x) + s * (x - |x|), as
 * one node: five passes over memory become one.
 */
export function fusePrelu(graph: OnnxGraph): OnnxGraph {
  const producer = new Map(graph.nodes.map((node) => [node.outputs[0] as string, node]));
  const initializers = { ...graph.initializers };
  const from = (name: string | undefined, op: string) => {
    const node = producer.get(name as string);
    return node?.op === op ? node : undefined;
  };
  /** How many times s multiplies x below zero, where `name` is such a branch of x. */
  const negativePart = (name: string | undefined, x: string): 1 | 2 | undefined => {
    const inner = from(from(from(name, "Neg")?.inputs[0], "Relu")?.inputs[0], "Neg");
    if (inner?.inputs[0] === x) return 1;
    const difference = from(name, "Sub");
    if (difference?.inputs[0] !== x) return undefined;
    return from(difference.inputs[1], "Abs")?.inputs[0] === x ? 2 : undefined;
  };
  const nodes = graph.nodes.map((node): OnnxNode => {
    const x = node.op === "Add" ? from(node.inputs[0], "Relu")?.inputs[0] : undefined;
    const product = from(node.inputs[1], "Mul");
    if (x === undefined || !product) return node;
    const slope = product.inputs.find((name) => name in initializers);
    const branch = product.inputs.find((name) => name !== slope);
    const factor = negativePart(branch, x);
    if (slope === undefined || factor === undefined) return node;
    const name = `${node.outputs[0]}_slope`;
    const { dims, data } = initializers[slope] as OnnxTensor;
    // PRelu's slope has no batch dimension.
    const shape = dims.length === 4 ? dims.slice(1) : dims;
    initializers[name] = { dims: shape, data: (data as Float32Array).map((s) => factor * s) };
    return { op: "PRelu", inputs: [x, name], outputs: node.outputs };
  });
  return dropUnused({ ...graph, nodes, initializers });
}

/** Without nodes and initialisers that no output depends on. */
function dropUnused(graph: OnnxGraph): OnnxGraph {
  const used = new Set(graph.outputs.map(({ name }) => name));
  const nodes = graph.nodes.toReversed().filter((node) => {
    const needed = node.outputs.some((name) => used.has(name));
    if (needed) for (const name of node.inputs) used.add(name);
    return needed;
  });
  const initializers = Object.entries(graph.initializers).filter(([name]) => used.has(name));
  return {
    ...graph,
    nodes: nodes.toReversed(),
    initializers: Object.fromEntries(initializers),
  };
}
