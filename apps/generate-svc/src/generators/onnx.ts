import type { AxisName } from "@hyperface/contracts";
import {
  describeFiles,
  floatsOf,
  type InferencePool,
  probeValues,
  type Session,
} from "@hyperface/inference";
import { normalise } from "@hyperface/vectors";
import { createFrame } from "../scene/frame.ts";
import { NO_CONTROLS, readControls } from "./controls.ts";
import type { Generator, KnownUnloaded } from "./generator.ts";
import { type GeneratorManifest, readModel } from "./manifest.ts";
import { toPixels } from "./pixels.ts";

/**
 * A one-pass generator kept as two ONNX graphs beside a manifest, and what is known of its z:
 * generator (`embedding` [N, d], `z` [N, k] -> `image` [N, 3, S, S] RGB in [0, 1]) and
 * prior (`noise` [N, m] -> `embedding` [N, d]).
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
  const draw = (embedding: Float32Array, z: Float32Array) =>
    run(generator, "image", {
      embedding: { data: embedding, dims: [1, embeddingDimension] },
      z: { data: z, dims: [1, latentDimension] },
    });
  const sample = (noise: Float32Array) =>
    run(prior, "embedding", { noise: { data: noise, dims: [1, priorNoiseDimension] } });
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
    async generate(embedding, z) {
      return { size, data: toPixels(await draw(embedding, z), size) };
    },
    prior: {
      noiseDimension: priorNoiseDimension,
      sampleIdentity: async (noise) => normalise(await sample(noise)),
    },
    probe: () =>
      Promise.all([
        draw(normalise(probeValues(embeddingDimension)), probeValues(latentDimension)),
        sample(probeValues(priorNoiseDimension)),
      ]),
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

type Feeds = Parameters<Session["run"]>[0];

async function run(session: Session, output: string, feeds: Feeds): Promise<Float32Array> {
  return floatsOf(await session.run(feeds), output).data;
}
