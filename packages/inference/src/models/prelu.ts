import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from "../onnx/model.ts";
import { createWiring, floats } from "./wiring.ts";

/**
 * Rewrites PReLU behind a convolution as relu(x') + t x', where the convolution gives x' = (1 - s) x and
 * t = s / (1 - s). ONNX Runtime keeps its blocked layout through Relu, convolutions and their sum, and
 * not through PRelu: 66 of the 512-d embedder's 67 reorders go. Outputs stay equal to float32's rounding.
 */
export function splitPrelu(graph: OnnxGraph): OnnxGraph {
  const initializers = { ...graph.initializers };
  const wiring = createWiring(graph);
  const nodes = graph.nodes.flatMap((node) => {
    const [x, slope] = node.inputs as [string, string];
    const convolution = wiring.producer(x);
    const slopes = wiring.constant(slope);
    const fits =
      node.op === "PRelu" &&
      convolution?.op === "Conv" &&
      convolution.inputs.slice(1).every((name) => wiring.isOwn(name)) &&
      wiring.soleReader(x) === node &&
      slopes?.data.length === wiring.constant(convolution.inputs[1])?.dims[0];
    return fits ? split(node, convolution, slopes as OnnxTensor, initializers) : [node];
  });
  return { ...graph, nodes, initializers };
}

/** Where 1 - s is smaller, or negative, the convolution cannot carry it. */
const SMALLEST_GAIN = 1e-3;

function split(
  node: OnnxNode,
  convolution: OnnxNode,
  slopes: OnnxTensor,
  initializers: Record<string, OnnxTensor>,
): OnnxNode[] {
  const x = node.inputs[0] as string;
  const y = node.outputs[0] as string;
  const slope = floats(slopes);
  const [positive, negative] = [`${y}_positive`, `${y}_negative`];
  const relu = { op: "Relu", inputs: [x], outputs: [positive] };
  const scale = (from: string, to: string, factors: Float32Array): OnnxNode => {
    const weight = `${to}_factors`;
    initializers[weight] = { dims: [factors.length, 1, 1, 1], data: factors };
    return { op: "Conv", inputs: [from, weight], outputs: [to], attributes: one(factors.length) };
  };
  const add = (a: string, b: string) => ({ op: "Add", inputs: [a, b], outputs: [y] });

  if (slope.some((s) => 1 - s <= SMALLEST_GAIN)) {
    // s x + (1 - s) relu(x)
    const gained = `${y}_gained`;
    return [
      relu,
      scale(
        positive,
        gained,
        slope.map((s) => 1 - s),
      ),
      scale(x, negative, slope),
      add(negative, gained),
    ];
  }
  for (const name of convolution.inputs.slice(1)) {
    const { dims, data } = initializers[name] as OnnxTensor;
    const width = data.length / slope.length;
    const scaled = (data as Float32Array).map(
      (w, k) => w * (1 - (slope[Math.floor(k / width)] as number)),
    );
    initializers[name] = { dims, data: scaled };
  }
  return [
    relu,
    scale(
      x,
      negative,
      slope.map((s) => s / (1 - s)),
    ),
    add(negative, positive),
  ];
}

/** Attributes of a 1 x 1 convolution of each channel by itself. */
const one = (channels: number): Record<string, OnnxAttribute> => ({
  group: { int: channels },
  kernel_shape: { ints: [1, 1] },
});
