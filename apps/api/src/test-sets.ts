import { type ModelReference, PackingSpec, type ResourceStatus } from "@hyperface/contracts";
import { type EmbeddingSet, encodeSet, type Neighbours, normaliseRows } from "@hyperface/vectors";
import { newId } from "./db/ids.ts";
import { galleries, packings } from "./db/schema.ts";
import type { Dependencies } from "./dependencies.ts";
import { DIMENSION, EMBEDDER } from "./test-dependencies.ts";

const MODEL: ModelReference = { name: EMBEDDER.name, sha256: EMBEDDER.sha256 };
/** An embedder whose vectors must not be mixed with {@link EMBEDDER}'s. */
export const OTHER_MODEL: ModelReference = { name: "mobilefacenet-192", sha256: "2".repeat(64) };

/** Axes of the space, and their opposites: `count` unit rows, up to 2 d of them, no two alike. */
export const axes = (count: number) =>
  Float32Array.from({ length: count * DIMENSION }, (_, k) => {
    const [row, column] = [Math.floor(k / DIMENSION), k % DIMENSION];
    if (row % DIMENSION !== column) return 0;
    return row < DIMENSION ? 1 : -1;
  });

interface SetOptions {
  /** Rows, brought to unit length. Default: two of {@link axes}. */
  embeddings?: Float32Array;
  model?: ModelReference;
  status?: ResourceStatus;
  nearest?: Neighbours;
  repelled?: Neighbours;
}

async function storeSet(deps: Dependencies, id: string, options: SetOptions) {
  const { model = MODEL, status = "ready", embeddings: rows = axes(2), ...neighbours } = options;
  const embeddings = normaliseRows(rows.slice(), DIMENSION);
  const objectKey = status === "ready" ? `sets/${id}` : null;
  const set: EmbeddingSet = { embeddings, dimension: DIMENSION, model, maker: null, ...neighbours };
  if (objectKey) await deps.store.put(objectKey, encodeSet(set));
  return { model, status, objectKey, count: embeddings.length / DIMENSION };
}

/** A gallery as an upload leaves it. @returns its id */
export async function addGallery(deps: Dependencies, options: SetOptions = {}): Promise<string> {
  const id = newId("gal");
  const { model, status, objectKey, count } = await storeSet(deps, id, options);
  await deps.db.insert(galleries).values({
    ...{ id, name: "", source: "upload", status, count, dimension: DIMENSION, model, objectKey },
    jobId: status === "pending" ? "job_1" : null,
  });
  return id;
}

type PackingOptions = SetOptions & {
  spec?: Partial<PackingSpec>;
  sources?: Partial<Record<"near" | "start" | "extends" | "repel", string>>;
};

/** A packing as its job leaves it, with each identity's neighbours: the next one. @returns its id */
export async function addPacking(
  deps: Dependencies,
  { spec = {}, sources = {}, ...options }: PackingOptions = {},
): Promise<string> {
  const id = newId("pak");
  const n = (options.embeddings ?? axes(2)).length / DIMENSION;
  const nearest = {
    index: Int32Array.from({ length: n }, (_, k) => (k + 1) % n),
    cosine: new Float32Array(n),
  };
  const { model, status, objectKey, count } = await storeSet(deps, id, { nearest, ...options });
  const given = { count, dimension: DIMENSION, alpha: 0, start: "random", ...spec };
  await deps.db.insert(packings).values({
    ...{ id, name: "", status, model, objectKey, jobId: "job_1", ...sources },
    spec: PackingSpec.parse(given),
  });
  return id;
}
