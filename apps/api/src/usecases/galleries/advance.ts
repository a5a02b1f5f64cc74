import { type Gallery, HyperFaceError } from "@hyperface/contracts";
import { decodeSet, encodeSet } from "@hyperface/vectors";
import type { Dependencies } from "../../dependencies.ts";
import type { JobRow, Slice } from "../../jobs/slice.ts";
import { findGallery } from "./get.ts";

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

  await deps.store.put(partKey(gallery, start), encode(gallery, Float32Array.from(found.flat())));
  const state: GalleryState = { next, parts: [...parts, start] };
  const done = completed === gallery.count;
  const slice = { completed, done, state: { ...state }, event: {}, obsolete: [] };
  if (!done) return slice;
  const objectKey = await joinParts(deps, gallery, state.parts);
  return { ...slice, objectKey, obsolete: state.parts.map((at) => partKey(gallery, at)) };
}

async function drawFaces(
  { generate, embed }: Dependencies,
  gallery: Gallery,
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
    return { embedding, identity: offset + k, sample: 0, beta: 0, seed, ground: "none" as const };
  });
  const labels = { gallery: gallery.id };
  const { images } = await generate.createImages({ generator, format: "png", items, labels });
  const files = images.map(({ data }) => data);
  const embedded = await embed.embedFaces(files, gallery.model.name);
  return embedded.images.flatMap(({ faces }) => faces.slice(0, 1).map((face) => face.embedding));
}

/** Faces found by one slice, from position `start` of the generator's stream. */
const partKey = ({ id }: Gallery, start: number) => `galleries/${id}/parts/${start}.safetensors`;

const encode = ({ dimension, model, generator, seed }: Gallery, embeddings: Float32Array) =>
  encodeSet({ embeddings, dimension, model, maker: { generator, seed } });

/** @returns the key of the whole */
async function joinParts({ store }: Dependencies, gallery: Gallery, starts: number[]) {
  const whole = new Float32Array(gallery.count * gallery.dimension);
  let at = 0;
  for (const start of starts) {
    const part = decodeSet(await store.get(partKey(gallery, start)), `a part of ${gallery.id}`);
    whole.set(part.embeddings, at);
    at += part.embeddings.length;
  }
  const key = `galleries/${gallery.id}/set.safetensors`;
  await store.put(key, encode(gallery, whole));
  return key;
}
