import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeNpy } from "@hyperface/formats";
import { randomStream } from "@hyperface/hypersphere";
import { normaliseRows } from "@hyperface/vectors";
import { benchFolder } from "../kept.ts";
import { withServices } from "../services.ts";

const MANIFEST = new URL("../../apps/generate-svc/models/default/manifest.json", import.meta.url);

/** Decay of the gallery's variances over its dimensions: about 96 of them count, as for generated faces. */
const DECAY = 48;

type Gallery = { data: Float32Array; dimension: number };

export const generatorVersion = async (): Promise<string> =>
  JSON.parse(await readFile(MANIFEST, "utf8")).version;

/** Faces that are made at once, of a seed: of many more, what is there is kept where a run is cut off. */
const PART = 1000;
const FIRST_SEED = 5;
/** Of the default embedder. */
const DIMENSION = 512;

/** Embeddings of the default generator's faces; made once for each of its versions, then kept. Other draws, other faces. */
export async function generatedGallery(count: number, draw: number): Promise<Gallery> {
  const parts = Math.ceil(count / PART);
  const data = new Float32Array(count * DIMENSION);
  for (let k = 0; k < parts; k++) {
    const wanted = Math.min(PART, count - k * PART);
    const faces = await keptFaces(wanted, FIRST_SEED + draw * parts + k);
    data.set(faces.data, k * PART * DIMENSION);
  }
  return { data, dimension: DIMENSION };
}

async function keptFaces(count: number, seed: number): Promise<Gallery> {
  const folder = benchFolder("galleries");
  const file = join(folder, `${await generatorVersion()}-${count}-${seed}.npy`);
  const known = await readFile(file).catch(() => null);
  if (known) return toRows(known);
  return withServices(async (hyperface) => {
    const gallery = await hyperface.galleries.create({ source: "generator", count, seed });
    await hyperface.jobs.wait(gallery.jobId as string);
    const bytes = await hyperface.galleries.embeddingsNpy(gallery.id);
    await mkdir(folder, { recursive: true });
    await writeFile(file, bytes);
    return toRows(bytes);
  });
}

function toRows(bytes: Uint8Array): Gallery {
  const { data, shape } = decodeNpy(bytes);
  return { data: data as Float32Array, dimension: shape[1] as number };
}

/** Vectors that spread over their dimensions as those of generated faces do. */
export function syntheticGallery(count: number, dimension: number): Gallery {
  const numbers = randomStream(5, "bench-gallery").gaussian(count * dimension);
  const spread = Float64Array.from({ length: dimension }, (_, k) => Math.exp(-k / (2 * DECAY)));
  const data = Float64Array.from(numbers, (value, k) => value * (spread[k % dimension] as number));
  return { data: normaliseRows(data, dimension), dimension };
}
