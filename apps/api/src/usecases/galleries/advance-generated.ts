import { type Gallery, HyperFaceError } from "@hyperface/contracts";
import { decodeSet, encodeSet, joinRows, rowOf } from "@hyperface/vectors";
import { eq } from "drizzle-orm";
import { z } from "zod";
import { galleries } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { reserveSliceKey } from "../../jobs/objects.ts";
import type { JobRow, Slice } from "../../jobs/slice.ts";

/** Identities drawn, imaged and embedded at a time: a second or less, so that progress is told in time. */
const BATCH = 8;
/** Progress is told at least this often, seconds. */
const REPORT_SECONDS = 2;
/** Draws a face before the generator is taken to make none. */
const MAX_DRAWS = 4;
/** Draws before that is judged. */
const MIN_DRAWS = 128;

/** Where a gallery stands: the next position of the generator's stream, and the keys of the parts so far. */
const GalleryState = z.object({
  next: z.int().default(0),
  parts: z.array(z.string()).default([]),
});

/**
 * Draws identities from the prior, one image of each, and keeps the embedding of the face found in it.
 * A draw without a face is passed over, so the gallery is a function of generator, seed and count.
 */
export async function advanceGenerated(
  deps: Dependencies,
  gallery: Gallery,
  job: JobRow,
  signal: AbortSignal,
): Promise<Slice> {
  const state = GalleryState.parse(job.state);
  const { faces, next, arithmetic } = await drawForSlice(
    deps,
    gallery,
    { ...job, ...state },
    signal,
  );
  const folder = `galleries/${gallery.id}`;
  const part = await reserveSliceKey(deps.db, `${folder}/parts`, job);
  await deps.store.put(part, encode(gallery, joinRows(faces, gallery.dimension)));
  const moved = arithmetic.length > Math.max(1, gallery.arithmetic.length);
  const parts = [...state.parts, part];
  const completed = job.completed + faces.length;
  const done = completed === gallery.count;
  const slice: Slice = {
    ...{ completed, done, state: { next, parts }, needs: parts },
    event: moved ? { arithmetic } : {},
    async record(transaction) {
      await transaction.update(galleries).set({ arithmetic }).where(eq(galleries.id, gallery.id));
    },
  };
  if (!done) return slice;
  const objectKey = await reserveSliceKey(deps.db, `${folder}/sets`, job);
  await deps.store.put(objectKey, await joinParts(deps, { ...gallery, arithmetic }, parts));
  return { ...slice, objectKey };
}

/** Batches until the slice's time is over, or would be with one more. */
async function drawForSlice(
  deps: Dependencies,
  gallery: Gallery,
  { completed, next: from }: { completed: number; next: number },
  signal: AbortSignal,
) {
  const started = performance.now();
  const budget = Math.min(deps.sliceSeconds, REPORT_SECONDS) * 1000;
  const faces: Float32Array[] = [];
  const arithmetic = [...gallery.arithmetic];
  let next = from;
  for (let batches = 1; ; batches++) {
    const wanted = Math.min(BATCH, gallery.count - completed - faces.length);
    const drawn = await drawFaces(deps, gallery, { offset: next, count: wanted }, signal);
    faces.push(...drawn.faces);
    if (arithmetic.at(-1) !== drawn.arithmetic) arithmetic.push(drawn.arithmetic);
    next += wanted;
    const found = completed + faces.length;
    if (next > Math.max(MIN_DRAWS, MAX_DRAWS * found)) {
      throw new HyperFaceError(
        "no-face",
        `only ${found} of ${next} images of generator ${gallery.generator?.name} show a face`,
      );
    }
    const elapsed = performance.now() - started;
    if (found === gallery.count || elapsed + elapsed / batches > budget)
      return { faces, next, arithmetic };
  }
}

async function drawFaces(
  { generate, embed }: Dependencies,
  gallery: Gallery,
  { offset, count }: { offset: number; count: number },
  signal: AbortSignal,
): Promise<{ faces: Float32Array[]; arithmetic: string }> {
  const generator = gallery.generator?.name as string;
  const seed = gallery.seed as number;
  const drawn = await generate.sampleIdentities({ generator, count, seed, offset }, signal);
  if (drawn.generator.sha256 !== gallery.generator?.sha256) {
    throw new HyperFaceError(
      "model-mismatch",
      `generator ${generator} was replaced since this gallery was begun: create it anew`,
    );
  }
  const items = Array.from({ length: count }, (_, k) => {
    const embedding = rowOf(drawn.embeddings, drawn.dimension, k);
    return { embedding, identity: offset + k, sample: 0, beta: 0, seed, ground: "none" as const };
  });
  const labels = { gallery: gallery.id };
  const request = { generator, format: "ppm", items, labels } as const;
  const { images } = await generate.createImages(request, signal);
  const files = images.map(({ data }) => data);
  const embedded = await embed.embedFaces(files, gallery.model.name, signal);
  const [image] = images;
  return {
    faces: embedded.images.flatMap(({ faces }) => faces.slice(0, 1).map((face) => face.embedding)),
    arithmetic: `${image?.provenance.arithmetic}; ${embedded.arithmetic}`,
  };
}

const encode = (
  { dimension, model, generator, seed, arithmetic }: Gallery,
  embeddings: Float32Array,
) => encodeSet({ embeddings, dimension, model, maker: { generator, seed, arithmetic } });

/** The whole gallery's file. */
async function joinParts({ store }: Dependencies, gallery: Gallery, parts: string[]) {
  const whole = new Float32Array(gallery.count * gallery.dimension);
  let at = 0;
  for (const key of parts) {
    const part = decodeSet(await store.get(key), `a part of ${gallery.id}`);
    whole.set(part.embeddings, at);
    at += part.embeddings.length;
  }
  return encode(gallery, whole);
}
