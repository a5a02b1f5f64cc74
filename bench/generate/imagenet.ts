import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Pixels } from "@hyperface/embed-svc/pixels";
import * as tf from "@tensorflow/tfjs";

const require = createRequire(import.meta.url);

/** Last layer of MobileNetV2 before the next halving. The first ten blocks are ImageNet's, never tuned. */
const STAGES = {
  stride4: "block_2_add",
  stride8: "block_5_add",
  stride16: "block_10_project_BN",
  stride32: "block_16_project_BN",
};
export type Stage = keyof typeof STAGES;
export const STAGE_NAMES = Object.keys(STAGES) as Stage[];

/** Mean of each channel over the whole frame, at four strides. */
export type Features = Record<Stage, Float32Array>;
export type FeatureNetwork = (image: Pixels) => Promise<Features>;

/**
 * MobileNetV2 as nsfwjs carries it, for frames of `side` pixels: it has seen every kind of picture,
 * and no training of ours sees it.
 */
export async function loadFeatureNetwork(side: number): Promise<FeatureNetwork> {
  const folder = join(dirname(require.resolve("nsfwjs")), "../models/mobilenet_v2");
  const { modelTopology, weightsManifest } = require(join(folder, "model.min.js"));
  const weights = Buffer.from(require(join(folder, "group1-shard1of1.min.js")), "base64");
  const handler = tf.io.fromMemory({
    modelTopology: withoutHead(modelTopology, side),
    weightSpecs: weightsManifest[0].weights,
    weightData: Uint8Array.from(weights).buffer,
  });
  const model = await tf.loadLayersModel(handler, { strict: false });
  return async ({ data, width, height }) => {
    const means = tf.tidy(() => {
      const input = tf.tensor4d(Float32Array.from(data), [1, height, width, 3]);
      const stages = model.predict(input.div(127.5).sub(1)) as tf.Tensor[];
      return stages.map((stage) => stage.mean([0, 1, 2]));
    });
    const values = await Promise.all(means.map((tensor) => tensor.data()));
    tf.dispose(means);
    return Object.fromEntries(STAGE_NAMES.map((name, k) => [name, values[k]])) as Features;
  };
}

interface Topology {
  model_config: {
    config: {
      layers: { name: string; config: { batch_input_shape?: unknown } }[];
      output_layers: unknown;
    };
  };
}

/** The convolutions alone, which take an image of any side. */
function withoutHead(topology: Topology, side: number): Topology {
  const cut = structuredClone(topology);
  const { config } = cut.model_config;
  const last = config.layers.findIndex(({ name }) => name === STAGES.stride32);
  config.layers = config.layers.slice(0, last + 1);
  const [input] = config.layers;
  if (input) input.config.batch_input_shape = [null, side, side, 3];
  config.output_layers = Object.values(STAGES).map((name) => [name, 0, 0]);
  return cut;
}
