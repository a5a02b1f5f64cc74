import type { createProgress } from "@hyperface/cli/progress";
import type { Gallery, HyperFace, Packing, PackingPoint } from "@hyperface/sdk";
import { dot } from "@hyperface/vectors";

type Progress = ReturnType<typeof createProgress>;

export const BETAS = [0, 0.005, 0.01, 0.02];
const GALLERY = 512;
const IDENTITIES = 256;
/** The paper's default weight of the gallery. */
const ALPHA = 0.5;
const SHOWN = 12;
const SAMPLES = 8;

/** Faces of nobody, to hold the packing near where faces are. */
export async function makeGallery(hyperface: HyperFace, progress: Progress): Promise<Gallery> {
  const bar = progress.start("gallery", GALLERY);
  const gallery = await hyperface.galleries.create({
    source: "generator",
    count: GALLERY,
    seed: 1,
  });
  await hyperface.jobs.wait(gallery.jobId as string, (event) => {
    if (event.type === "progress") bar.update(event.completed, "faces");
  });
  return hyperface.galleries.get(gallery.id);
}

/** The packing, and its start alone: the same spec with no step taken. */
export async function packIdentities(hyperface: HyperFace, progress: Progress, galleryId: string) {
  const spec = { near: galleryId, count: IDENTITIES, alpha: ALPHA, seed: 1 };
  const start = await hyperface.packings.create({ ...spec, iterations: 0 }, { waitSeconds: 60 });
  const { id, jobId } = await hyperface.packings.create(spec);
  const { total } = await hyperface.jobs.get(jobId);
  const bar = progress.start("packing", total);
  const history: PackingPoint[] = [];
  await hyperface.jobs.wait(jobId, (event) => {
    if (event.type !== "progress") return;
    history.push(...(event.history ?? []));
    const largest = event.metrics?.maxCosine.toFixed(4) ?? "";
    bar.update(event.completed, `iterations, largest cosine ${largest}`);
  });
  return { start, packing: await hyperface.packings.get(id), history };
}

export interface SampledIdentity {
  identity: number;
  /** images[beta][sample], PNG. */
  images: Uint8Array[][];
}

/** Samples of identities spread over the packing. */
export async function sampleImages(
  hyperface: HyperFace,
  progress: Progress,
  packing: Packing,
): Promise<SampledIdentity[]> {
  const bar = progress.start("images", SHOWN * BETAS.length * SAMPLES);
  const sampled: SampledIdentity[] = [];
  let made = 0;
  for (let k = 0; k < SHOWN; k++) {
    const identity = Math.floor((k * packing.count) / SHOWN);
    const images: Uint8Array[][] = [];
    for (const beta of BETAS) {
      const options = { count: SAMPLES, beta };
      const files = await hyperface.images.create(packing.id, identity, options);
      images.push(files.map(({ bytes }) => bytes));
      made += files.length;
      bar.update(made);
    }
    sampled.push({ identity, images });
  }
  return sampled;
}

/**
 * Each sample embedded again: how close it is to its reference, and whether any other of the packing's
 * references is closer.
 */
export async function measureSamples(
  hyperface: HyperFace,
  progress: Progress,
  packing: Packing,
  samples: SampledIdentity[],
) {
  const { embeddings: references } = await hyperface.packings.embeddings(packing.id);
  const bar = progress.start("measuring", SHOWN * BETAS.length * SAMPLES);
  let measured = 0;
  const figures = [];
  for (const [b, beta] of BETAS.entries()) {
    const cosines: number[] = [];
    let own = 0;
    for (const { identity, images } of samples) {
      const files = images[b] as Uint8Array[];
      const found = await hyperface.embeddings.create(files, {
        faces: "central",
        allowMissing: true,
      });
      for (const { embedding } of found.images.flatMap(({ faces }) => faces)) {
        const all = references.map((reference) => dot(reference, embedding));
        const similarity = all[identity] as number;
        cosines.push(similarity);
        if (similarity === Math.max(...all)) own++;
      }
      measured += files.length;
      bar.update(measured);
    }
    figures.push({
      beta,
      detectionRate: cosines.length / (samples.length * SAMPLES),
      identitySimilarity: cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length,
      nearestIsOwn: own / cosines.length,
    });
  }
  return figures;
}
