import type { AxisName } from "@hyperface/contracts";
import { describeFiles, floatsOf, type InferencePool, probeValues } from "@hyperface/inference";
import { normalise } from "@hyperface/vectors";
import { createFrame } from "../scene/frame.ts";
import { NO_CONTROLS, readControls } from "./controls.ts";
import type { Generator, KnownUnloaded } from "./generator.ts";
import { type GeneratorManifest, readModel } from "./manifest.ts";
import { toPixels } from "./pixels.ts";

/**
 * A one-pass generator kept as two ONNX graphs beside a manifest, and what is known of its z:
 * generator (`embedding` [N, d], `z` [N, k] -> `image` [N, 3, S, S] RGB in [0, 1], and `alpha` [N, 1, S, S]
 * where it says what is of the person) and prior (`noise` [N, m] -> `embedding` [N, d]).
 * @throws Error where a file is missing or is not the one the manifest names
 */
export async function loadOnnxGenerator(
  folder: string,
  manifest: GeneratorManifest,
  pool: Pick<InferencePool, "createSession">,
): Promise<Generator> {
  const { files, size, embeddingDimension, latentDimension, priorNoiseDimension } = manifest;
  const load = async (file: typeof files.generator) =>
    pool.createSession(await readModel(folder, file), { intraOpNumThreads: 1 });
  const [generator, prior] = await Promise.all([load(files.generator), load(files.prior)]);
  const alpha = generator.outputs.includes("alpha");
  const draw = async (embedding: Float32Array, z: Float32Array) => {
    const drawn = await generator.run({
      embedding: { data: embedding, dims: [1, embeddingDimension] },
      z: { data: z, dims: [1, latentDimension] },
    });
    const planes = (name: string) => floatsOf(drawn, name).data;
    return { image: planes("image"), ...(alpha && { alpha: planes("alpha") }) };
  };
  const sample = async (noise: Float32Array) => {
    const feeds = { noise: { data: noise, dims: [1, priorNoiseDimension] } };
    return floatsOf(await prior.run(feeds), "embedding").data;
  };
  const controls = files.controls
    ? readControls(
        await readModel(folder, files.controls),
        Object.keys(manifest.axes) as AxisName[],
        latentDimension,
      )
    : NO_CONTROLS;

  return {
    description: { ...describeOnnxGenerator(manifest), draw: controls.draw !== undefined },
    sampling: () => null,
    latentDimension: () => latentDimension,
    controls,
    frame: createFrame(size, manifest.alignment.scale),
    alpha,
    async generate(embedding, z) {
      const { image, ...drawn } = await draw(embedding, z);
      return { size, data: toPixels(image, size), ...drawn };
    },
    prior: {
      noiseDimension: priorNoiseDimension,
      sampleIdentity: async (noise) => normalise(await sample(noise)),
    },
    async probe() {
      const embedding = normalise(probeValues(embeddingDimension));
      const drawn = await draw(embedding, probeValues(latentDimension));
      return [...Object.values(drawn), await sample(probeValues(priorNoiseDimension))];
    },
  };
}

export function describeOnnxGenerator(manifest: GeneratorManifest): KnownUnloaded {
  const { name, version, files, embedder, size, embeddingDimension, latentDimension } = manifest;
  const all = Object.values(files).filter((file) => file !== undefined);
  return {
    name,
    version,
    sha256: files.generator.sha256,
    embedder,
    size,
    embeddingDimension,
    latentDimension,
    axes: Object.keys(manifest.axes) as AxisName[],
    controls: files.controls?.sha256 ?? null,
    draw: files.controls !== undefined,
    sampling: null,
    grounds: true,
    prior: true,
    ...describeFiles(all),
    terms: manifest.terms,
  };
}
