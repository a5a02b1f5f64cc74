import { type CreateGalleryRequest, type EmbedderName, HyperFaceError } from "@hyperface/contracts";
import { decodeNpy, encodeNpy } from "@hyperface/formats";
import { normaliseRows } from "@hyperface/hypersphere";
import { createOnce } from "../../db/creation.ts";
import { newId } from "../../db/ids.ts";
import { galleries, jobs } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { galleryKey } from "./keys.ts";

export type GeneratedGalleryRequest = Extract<CreateGalleryRequest, { source: "generator" }>;

/** A gallery of the generator's faces, as a job. @throws HyperFaceError `unknown-model` */
export async function createGeneratedGallery(
  { db, queue, generate }: Dependencies,
  request: GeneratedGalleryRequest,
  idempotencyKey: string | undefined,
) {
  const { name, count, seed } = request;
  const generator = await generate.describe(request.generator);
  const jobId = newId("job");
  const once = { operation: "createGallery", key: idempotencyKey, body: request };
  const result = await createOnce(db, once, async (transaction) => {
    const id = newId("gal");
    await transaction.insert(galleries).values({
      id,
      name,
      source: "generator",
      status: "pending",
      count,
      dimension: generator.embeddingDimension,
      model: generator.embedder,
      generator: { name: generator.name, sha256: generator.sha256 },
      seed,
      jobId,
    });
    const job = { id: jobId, kind: "gallery", resourceId: id, status: "queued" } as const;
    await transaction.insert(jobs).values({ ...job, total: count });
    return id;
  });
  if (result.created) await queue.enqueue(jobId);
  return result;
}

export interface Upload {
  name: string;
  model: EmbedderName;
  /** Row-major vectors, brought to unit length here. */
  vectors: { data: Float32Array; shape: readonly number[] };
}

/**
 * A gallery of a client's vectors, ready at once.
 * @throws HyperFaceError `dimension-mismatch`, `invalid-vector`
 */
export async function createUploadedGallery(
  { db, store, embed }: Dependencies,
  { name, model, vectors }: Upload,
  idempotencyKey: string | undefined,
) {
  const embedder = (await embed.listModels()).find((known) => known.name === model);
  if (!embedder) throw new HyperFaceError("unknown-model", `there is no embedder ${model}`);
  const { dimension, sha256 } = embedder;
  const [count = 0, length] = vectors.shape;
  if (vectors.shape.length !== 2 || length !== dimension || count === 0) {
    throw new HyperFaceError(
      "dimension-mismatch",
      `the embeddings have shape (${vectors.shape.join(", ")}): ${model} needs (n, ${dimension}), n >= 1`,
    );
  }
  const npy = encodeNpy({ data: unitRows(vectors.data, dimension), shape: [count, dimension] });
  const once = { operation: "createGallery", key: idempotencyKey, body: npy };
  return createOnce(db, once, async (transaction) => {
    const id = newId("gal");
    await store.put(galleryKey(id), npy);
    await transaction.insert(galleries).values({
      id,
      name,
      source: "upload",
      status: "ready",
      count,
      dimension,
      model: { name: model, sha256 },
    });
    return id;
  });
}

function unitRows(data: Float32Array, dimension: number): Float32Array {
  try {
    return normaliseRows(Float32Array.from(data), dimension);
  } catch (cause) {
    throw new HyperFaceError("invalid-vector", `embeddings: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Vectors of a JSON upload. @throws HyperFaceError `dimension-mismatch` where they differ in length */
export function stackVectors(rows: readonly number[][]): Upload["vectors"] {
  const dimension = rows[0]?.length ?? 0;
  const odd = rows.findIndex((row) => row.length !== dimension);
  if (odd >= 0) {
    const detail = `it has ${rows[odd]?.length} numbers, the first has ${dimension}`;
    const pointer = `/embeddings/${odd}`;
    throw new HyperFaceError("dimension-mismatch", `${pointer}: ${detail}`, {
      errors: [{ pointer, detail }],
    });
  }
  return { data: Float32Array.from(rows.flat()), shape: [rows.length, dimension] };
}

/** Vectors of a .npy upload. @throws HyperFaceError `malformed-body` */
export function readVectors(bytes: Uint8Array): Upload["vectors"] {
  const { data, shape } = decodeNpy(bytes);
  if (data instanceof Float32Array || data instanceof Float64Array) {
    return { data: Float32Array.from(data), shape };
  }
  throw new HyperFaceError("malformed-body", 'the .npy is not float: save x.astype("<f4")');
}
