import { readFile } from "node:fs/promises";
import { memoiseLoads, type Sampling } from "@hyperface/contracts";
import { decodeNpy } from "@hyperface/formats";
import {
  checkedPath,
  createBatcher,
  createInferencePool,
  type InferencePoolOptions,
  type ModelFile,
  probeValues,
} from "@hyperface/inference";
import { normalise } from "@hyperface/vectors";
import { NO_CONTROLS } from "../controls.ts";
import type { Generator, Pixels } from "../generator.ts";
import { drawPortraits, type Portrait } from "./arc2face.ts";
import { type Arc2FaceManifest, describeArc2Face, latentDimension } from "./manifest.ts";
import { decodeLatents, encodeFaces, type Networks, predictNoise } from "./networks.ts";
import { completeSampling } from "./sampling.ts";

/** How images of concurrent requests share batches. */
export interface BatchingOptions {
  /** Most images in one. */
  size: number;
  /** How long the first waits for company, milliseconds. */
  delay: number;
}

interface Waiting extends Portrait {
  sampling: Sampling;
  signal: AbortSignal | undefined;
}

/**
 * Arc2Face, on threads of its own, which `release` ends: its memory is free then.
 * @throws Error where a file is missing or is not the one the manifest names
 */
export async function loadArc2Face(
  folder: string,
  manifest: Arc2FaceManifest,
  {
    batching,
    ...options
  }: Pick<InferencePoolOptions, "device" | "log"> & { batching: BatchingOptions },
): Promise<{ generator: Generator; release(): Promise<void> }> {
  const pool = createInferencePool({ threads: 1, ...options });
  try {
    const load = async (file: ModelFile) => pool.createSession(await checkedPath(folder, file));
    const networks = await loadNetworks(folder, manifest, load);
    const { fewStepUnet } = manifest.files;
    // A second U-Net is as large as the first: it waits for who asks.
    const loadFewStep = memoiseLoads(async () => fewStepUnet && load(fewStepUnet));
    const draw = createBatcher(
      async (items: Waiting[]) => {
        const pictures = new Map<Waiting, Pixels>();
        for (const batch of alike(items)) {
          const { sampling } = batch[0] as Waiting;
          const all = sampling.fewStep
            ? { ...networks, fewStepUnet: await loadFewStep() }
            : networks;
          const drawn = await drawPortraits(all, batch, {
            sampling,
            finalSigma: manifest.finalSigma,
            onStep: () => leaveWithClients(batch),
          });
          batch.forEach((item, i) => {
            pictures.set(item, drawn[i] as Pixels);
          });
        }
        return items.map((item) => pictures.get(item) as Pixels);
      },
      { name: manifest.name, ...batching },
    );
    return { generator: createGenerator(manifest, networks, draw), release: pool.close };
  } catch (error) {
    await pool.close();
    throw error;
  }
}

async function loadNetworks(
  folder: string,
  { files }: Arc2FaceManifest,
  load: (file: ModelFile) => Promise<Networks["unet"]>,
): Promise<Networks> {
  const states = decodeNpy(await readFile(await checkedPath(folder, files.unconditional)));
  const [encoder, unet, decoder] = await Promise.all(
    [files.encoder, files.unet, files.decoder].map(load),
  );
  const unconditional = { data: states.data as Float32Array, dims: states.shape };
  return { encoder, unet, decoder, unconditional } as Networks;
}

/** Items that are sampled alike, together. */
function alike(items: readonly Waiting[]): Waiting[][] {
  const groups = new Map<string, Waiting[]>();
  for (const item of items) {
    const key = JSON.stringify(item.sampling);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()];
}

/** Ends a batch that nobody waits for any more. */
function leaveWithClients(batch: readonly Waiting[]): void {
  if (batch.every(({ signal }) => signal?.aborted)) throw batch[0]?.signal?.reason;
}

function createGenerator(
  manifest: Arc2FaceManifest,
  networks: Networks,
  draw: (item: Waiting, claim: { signal: AbortSignal | undefined }) => Promise<Pixels>,
): Generator {
  const { size, embeddingDimension } = manifest;
  return {
    description: describeArc2Face(manifest),
    sampling: (options) => completeSampling(options, size),
    latentDimension: ({ drawSize = size }) => latentDimension(drawSize),
    controls: NO_CONTROLS,
    frame: null,
    alpha: false,
    prior: null,
    generate: (embedding, z, { sampling, key, draw: k, signal }) => {
      const complete = completeSampling(sampling, size);
      const item = { embedding, z, key, draw: k, sampling: complete, signal };
      return draw(item, { signal });
    },
    async probe() {
      const face = {
        data: normalise(probeValues(embeddingDimension)),
        dims: [1, embeddingDimension],
      };
      const states = await encodeFaces(networks.encoder, face);
      const latents = { data: probeValues(4 * 8 * 8), dims: [1, 4, 8, 8] };
      const noise = await predictNoise(networks.unet, 500, latents, states);
      const image = await decodeLatents(networks.decoder, noise);
      return [states.data, noise.data, image.data];
    },
  };
}
