import {
  type CreateGalleryRequest,
  errorAt,
  HyperFaceError,
  type JobPriority,
  ModelReference,
  NPY,
  type SAFETENSORS,
} from "@hyperface/contracts";
import { decodeNpy, decodeSafetensors, type Tensor } from "@hyperface/formats";
import { admitVectors, encodeSet } from "@hyperface/vectors";
import type { Database } from "../../db/database.ts";
import { newId } from "../../db/ids.ts";
import { galleries } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { createJob } from "../../jobs/create.ts";
import { forgetKey, reserveKey } from "../../jobs/objects.ts";
import { type CreationRequest, createOnce } from "../creation.ts";

export type GeneratedGalleryRequest = Extract<CreateGalleryRequest, { source: "generator" }>;

/** A gallery of the generator's faces, as a job. @throws HyperFaceError `unknown-model` */
export const createGeneratedGallery = (
  deps: Dependencies,
  body: GeneratedGalleryRequest,
  request: CreationRequest | undefined,
) => createOnce(deps.db, request?.keyed, () => prepareGallery(deps, body, request?.priority));

/** @returns what writes it and its job, in a transaction. @throws as {@link createGeneratedGallery} */
export async function prepareGallery(
  { generate }: Dependencies,
  { name, count, seed, generator: generatorName }: Omit<GeneratedGalleryRequest, "source">,
  priority: JobPriority | undefined,
) {
  const generator = await generate.describe(generatorName);
  const [id, jobId] = [newId("gal"), newId("job")];
  return async (transaction: Database) => {
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
    const job = { id: jobId, kind: "gallery", resourceId: id, total: count } as const;
    await createJob(transaction, { ...job, priority });
    return id;
  };
}

export interface Upload {
  name: string;
  /** The embedder's name. */
  model: string;
  /** Row-major vectors [n, d], brought to unit length here. */
  vectors: Tensor;
  /** Of their file: `model` and `sha256` say what embedder they are of, as `GET .../embeddings` writes them. */
  metadata?: Record<string, string>;
}

/**
 * A gallery of a client's vectors, ready at once.
 * @throws HyperFaceError `unknown-model`, `model-mismatch`, `malformed-body`, `dimension-mismatch`, `invalid-vector`
 */
export async function createUploadedGallery(
  { db, store, embed }: Dependencies,
  { name, model: modelName, vectors, metadata = {} }: Upload,
  request: CreationRequest | undefined,
) {
  return createOnce(db, request?.keyed, async () => {
    const { sha256, dimension } = await embed.describe(modelName);
    const model = { name: modelName, sha256 };
    checkEmbedder(metadata, model);
    const embeddings = admitVectors(vectors, { name: "embeddings", dimension });
    const id = newId("gal");
    const objectKey = await reserveKey(db, `galleries/${id}/set`);
    await store.put(
      objectKey,
      encodeSet({ embeddings, dimension, model, maker: { upload: name } }),
    );
    const count = embeddings.length / dimension;
    return async (transaction) => {
      await forgetKey(transaction, objectKey);
      const gallery = { id, name, source: "upload", status: "ready", objectKey } as const;
      await transaction.insert(galleries).values({ ...gallery, count, dimension, model });
      return id;
    };
  });
}

/** Numbers of two models must never be mixed: a file that says its own is believed. */
function checkEmbedder(metadata: Record<string, string>, model: ModelReference): void {
  const { name = model.name, sha256 } = embedderOf(metadata);
  if (sha256 === undefined ? name === model.name : sha256 === model.sha256) return;
  const of = sha256 === undefined ? name : `${name}, sha256 ${sha256}`;
  const detail = `the file says that its embeddings are of ${of}, not of ${model.name}, sha256 ${model.sha256}`;
  const right = "name the embedder that made them as model, or correct the file's metadata";
  throw new HyperFaceError("model-mismatch", `${detail}: ${right}`);
}

/** By its name and hash, or as a dataset's embeddings have both in one. */
function embedderOf({ model: name, sha256 }: Record<string, string>): Partial<ModelReference> {
  try {
    return ModelReference.parse(JSON.parse(name ?? ""));
  } catch {
    return { ...(name === undefined ? {} : { name }), ...(sha256 === undefined ? {} : { sha256 }) };
  }
}

/** Vectors of a JSON upload. @throws HyperFaceError `dimension-mismatch` where they differ in length */
export function stackVectors(rows: readonly number[][]): Upload["vectors"] {
  const dimension = rows[0]?.length ?? 0;
  const odd = rows.findIndex((row) => row.length !== dimension);
  if (odd >= 0) {
    const detail = `it has ${rows[odd]?.length} numbers, the first has ${dimension}`;
    const pointer = `/embeddings/${odd}`;
    throw errorAt("dimension-mismatch", pointer, detail, `${pointer}: ${detail}`);
  }
  return { data: Float64Array.from(rows.flat()), shape: [rows.length, dimension] };
}

/** Vectors of a file: .npy, or a safetensors file's tensor `embeddings`. @throws HyperFaceError `malformed-body`, `unsupported-dtype` */
export function readVectors(
  bytes: Uint8Array,
  media: typeof NPY | typeof SAFETENSORS,
): Pick<Upload, "vectors" | "metadata"> {
  if (media === NPY) return { vectors: decodeNpy(bytes) };
  const { tensors, metadata } = decodeSafetensors(bytes, ["embeddings"]);
  if (tensors.embeddings) return { vectors: tensors.embeddings, metadata };
  throw new HyperFaceError("malformed-body", "the safetensors file has no tensor embeddings");
}
