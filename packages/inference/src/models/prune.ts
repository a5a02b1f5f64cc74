import type { OnnxGraph, OnnxNode, OnnxTensor } from "../onnx/model.ts";
import { attributeInt, createWiring, floats, type Wiring } from "./wiring.ts";

/** Channels of a block are kept by the multiple that runtimes compute together. */
const LANES = 8;

/**
 * Drops hidden channels of inverted bottlenecks (1 x 1 convolution, PReLU, depthwise convolution,
 * PReLU, 1 x 1 convolution) that are the same for every image: what such a channel adds goes into the
 * last one's bias. Outputs stay equal to float32's rounding. In the 512-d embedder 2,208 of 3,520 are left.
 */
export function pruneConstantChannels(graph: OnnxGraph): OnnxGraph {
  const initializers = { ...graph.initializers };
  const wiring = createWiring(graph);
  const nodes = graph.nodes.map((node) => ({ ...node }));
  for (const node of nodes) {
    const block = findBlock(node, nodes, wiring);
    if (block) prune(block, initializers);
  }
  return { ...graph, nodes, initializers };
}

interface Block {
  expand: OnnxNode;
  first: OnnxNode;
  depthwise: OnnxNode;
  second: OnnxNode;
  project: OnnxNode;
}

function findBlock(expand: OnnxNode, nodes: OnnxNode[], wiring: Wiring): Block | undefined {
  const next = (node: OnnxNode | undefined, op: string) => {
    const follower = node && wiring.soleReader(node.outputs[0] as string);
    const found = nodes.find(({ outputs }) => outputs[0] === follower?.outputs[0]);
    return found?.op === op && found.inputs[0] === node?.outputs[0] ? found : undefined;
  };
  const first = expand.op === "Conv" ? next(expand, "PRelu") : undefined;
  const depthwise = next(first, "Conv");
  const second = next(depthwise, "PRelu");
  const project = next(second, "Conv");
  if (!first || !depthwise || !second || !project) return undefined;
  const channels = wiring.constant(expand.inputs[1])?.dims[0];
  const isBlock =
    [expand, depthwise, project].every(({ inputs }) =>
      inputs.slice(1).every((name) => wiring.isOwn(name)),
    ) &&
    [expand, depthwise, project].every(({ inputs }) => inputs.length === 3) &&
    attributeInt(expand, "group") === 1 &&
    attributeInt(depthwise, "group") === channels &&
    attributeInt(project, "group") === 1 &&
    wiring
      .constant(project.inputs[1])
      ?.dims.slice(2)
      .every((side) => side === 1) === true;
  return isBlock ? { expand, first, depthwise, second, project } : undefined;
}

function prune(block: Block, initializers: Record<string, OnnxTensor>): void {
  const { expand, first, depthwise, second, project } = block;
  const at = (node: OnnxNode, input: number) => initializers[node.inputs[input] as string];
  const values = (node: OnnxNode, input: number) => floats(at(node, input) as OnnxTensor);
  const channels = (at(expand, 1) as OnnxTensor).dims[0] as number;
  const prelu = (x: number, slope: number) => (x > 0 ? x : slope * x);
  const isZero = (data: Float32Array, row: number) => {
    const width = data.length / channels;
    return data.subarray(row * width, (row + 1) * width).every((w) => w === 0);
  };
  const [weights, bias, slopes] = [values(expand, 1), values(expand, 2), values(first, 1)];
  const [kernels, offsets, gains] = [values(depthwise, 1), values(depthwise, 2), values(second, 1)];
  const projection = values(project, 1);
  const outputs = projection.length / channels;
  const column = (j: number) =>
    Array.from({ length: outputs }, (_, o) => projection[o * channels + j] as number);

  // Zero before the depthwise convolution, so that its padding changes nothing, or not looked at.
  const isConstant = (j: number) =>
    isZero(kernels, j) ||
    (isZero(weights, j) && prelu(bias[j] as number, slopes[j] as number) === 0) ||
    column(j).every((w) => w === 0);
  const all = Array.from({ length: channels }, (_, j) => j);
  const live = all.filter((j) => !isConstant(j));
  const filler = all.filter(isConstant).slice(0, (LANES - (live.length % LANES)) % LANES);
  const kept = [...live, ...filler].sort((a, b) => a - b);
  if (kept.length === channels) return;

  const keptSet = new Set(kept);
  const sums = Float64Array.from(values(project, 2));
  for (const j of all.filter((channel) => !keptSet.has(channel))) {
    const constant = prelu(offsets[j] as number, gains[j] as number);
    for (const [o, weight] of column(j).entries())
      sums[o] = (sums[o] as number) + weight * constant;
  }
  const put = (node: OnnxNode, input: number, tensor: OnnxTensor) => {
    initializers[node.inputs[input] as string] = tensor;
  };
  for (const [node, input] of [
    [expand, 1],
    [expand, 2],
    [first, 1],
    [depthwise, 1],
    [depthwise, 2],
    [second, 1],
  ] as const) {
    put(node, input, takeRows(at(node, input) as OnnxTensor, kept));
  }
  depthwise.attributes = { ...depthwise.attributes, group: { int: kept.length } };
  const { dims } = at(project, 1) as OnnxTensor;
  put(project, 1, {
    dims: [dims[0] as number, kept.length, ...dims.slice(2)],
    data: Float32Array.from(
      Array.from({ length: outputs }, (_, o) =>
        kept.map((j) => projection[o * channels + j] as number),
      ).flat(),
    ),
  });
  put(project, 2, { dims: [outputs], data: Float32Array.from(sums) });
}

function takeRows({ dims, data }: OnnxTensor, rows: number[]): OnnxTensor {
  const width = data.length / (dims[0] as number);
  const taken = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) {
    taken.set((data as Float32Array).subarray(row * width, (row + 1) * width), i * width);
  }
  return { dims: [rows.length, ...dims.slice(1)], data: taken };
}
