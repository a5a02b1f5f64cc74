import { HyperFaceError } from "@hyperface/contracts";
import { decodeNpy, encodeNpy } from "@hyperface/formats";
import type { Dependencies } from "../../dependencies.ts";
import type { JobRow, Slice } from "../../jobs/slice.ts";
import { findGallery } from "./get.ts";
import { galleryKey, galleryPartKey } from "./keys.ts";

/** Identities drawn, imaged and embedded at a time. */
const BATCH = 32;
/** Draws a face before the generator is taken to make none. */
const MAX_DRAWS = 4;

/** Where a gallery stands: the next position of the generator's stream, and the parts so far. */
interface GalleryState {
  next: number;
  parts: number[];
}

/**
 * Draws identities from the prior, one image of each, and keeps the embedding of the face found in it.
 * A draw without a face is passed over, so the gallery is a function of generator, seed and count.
 */
export async function advanceGallery(deps: Dependencies, job: JobRow): Promise<Slice> {
  const gallery = await findGallery(deps, job.resourceId);
  const { next: start = 0, parts = [] } = job.state as Partial<GalleryState>;
  const end = performance.now() + deps.sliceSeconds * 1000;
  const found: number[][] = [];
  let next = start;
  let completed = job.completed;
  do {
    const wanted = gallery.count - completed;
    const faces = await drawFaces(deps, gallery, next, Math.min(BATCH, wanted));
    next += Math.min(BATCH, wanted);
    found.push(...faces);
    completed += faces.length;
    if (next > MAX_DRAWS * (completed + BATCH)) {
      throw new HyperFaceError(
        "no-face",
        `only ${completed} of ${next} images of generator ${gallery.generator?.name} show a face`,
      );
    }
  } while (completed < gallery.count && performance.now() < end);

  const { dimension } = gallery;
  const part = { data: Float32Array.from(found.flat()), shape: [found.length, dimension] };
  await deps.store.put(galleryPartKey(gallery.id, start), encodeNpy(part));
  const state: GalleryState = { next, parts: [...parts, start] };
  const done = completed === gallery.count;
  if (done) await joinParts(deps, gallery.id, state.parts, dimension);
  const obsolete = done ? state.parts.map((at) => galleryPartKey(gallery.id, at)) : [];
  return { completed, done, state: { ...state }, event: {}, obsolete };
}

async function drawFaces(
  { generate, embed }: Dependencies,
  gallery: Awaited<ReturnType<typeof findGallery>>,
  offset: number,
  count: number,
): Promise<number[][]> {
  const generator = gallery.generator?.name as string;
  const seed = gallery.seed as number;
  const drawn = await generate.sampleIdentities({ generator, count, seed, offset });
  if (drawn.generator.sha256 !== gallery.generator?.sha256) {
    throw new HyperFaceError(
      "model-mismatch",
      `generator ${generator} was replaced since this gallery was begun: create it anew`,
    );
  }
  const items = drawn.embeddings.map((embedding, k) => {
    return { embedding, identity: offset + k, sample: 0, beta: 0, seed };
  });
  const labels = { gallery: gallery.id };
  const { images } = await generate.createImages({ generator, format: "png", items, labels });
  const files = images.map(({ data }) => data);
  const embedded = await embed.embedFaces(files, gallery.model.name);
  return embedded.images.flatMap(({ faces }) => faces.slice(0, 1).map((face) => face.embedding));
}

async function joinParts({ store }: Dependencies, id: string, starts: number[], dimension: number) {
  const files = await Promise.all(starts.map((start) => store.get(galleryPartKey(id, start))));
  const parts = files.map((file) => decodeNpy(file).data as Float32Array);
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  await store.put(galleryKey(id), encodeNpy({ data, shape: [data.length / dimension, dimension] }));
}
