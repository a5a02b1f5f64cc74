import {
  type CreatePackingRequest,
  type Gallery,
  HyperFaceError,
  type ModelReference,
  PackingSpec,
  resolvePacking,
} from "@hyperface/contracts";
import { createOnce } from "../../db/creation.ts";
import { newId } from "../../db/ids.ts";
import { jobs, packings } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { findGallery, requireReady } from "../galleries/get.ts";
import { findReadyPacking } from "./get.ts";

/**
 * A packing of reference embeddings (Eq. 2), as a job.
 * @throws HyperFaceError `not-found`, `not-ready`, `model-mismatch` of what it is made from;
 * `invalid-packing`
 */
export async function createPacking(
  { db, queue }: Dependencies,
  request: CreatePackingRequest,
  idempotencyKey: string | undefined,
) {
  const { name, galleryId, extends: extended, repel, initialGalleryId, ...settings } = request;
  const gallery = await findGallery({ db }, galleryId);
  requireReady("gallery", gallery);
  const earlier = extended === undefined ? null : await findReadyPacking({ db }, extended);
  if (earlier) requireModel(gallery, `packing ${extended}`, earlier.model);
  for (const id of [repel?.galleryId, initialGalleryId]) {
    if (id === undefined) continue;
    const other = await findGallery({ db }, id);
    requireReady("gallery", other);
    requireModel(gallery, `gallery ${id}`, other.model);
  }
  await requireStart({ db }, request);
  const spec = readSpec({
    ...settings,
    dimension: gallery.dimension,
    frozen: earlier?.count ?? 0,
    ...(repel ? { repel: { minimumDistance: repel.minimumDistance } } : {}),
  });
  const sources = {
    extends: extended,
    repelledGalleryId: repel?.galleryId,
    initialGalleryId,
  };
  const jobId = newId("job");
  const once = { operation: "createPacking", key: idempotencyKey, body: request };
  const result = await createOnce(db, once, async (transaction) => {
    const id = newId("pak");
    const { model } = gallery;
    const packing = { id, name, galleryId, status: "pending", model, spec, jobId } as const;
    await transaction.insert(packings).values({ ...packing, ...sources });
    const job = { id: jobId, kind: "packing", resourceId: id, status: "queued" } as const;
    await transaction.insert(jobs).values({ ...job, total: resolvePacking(spec).iterations });
    return id;
  });
  if (result.created) await queue.enqueue(jobId);
  return result;
}

/** @throws HyperFaceError `model-mismatch` where vectors are of another embedder than the gallery's */
function requireModel(gallery: Gallery, name: string, { name: model, sha256 }: ModelReference) {
  if (sha256 === gallery.model.sha256) return;
  throw new HyperFaceError(
    "model-mismatch",
    `${name} is of ${model}, gallery ${gallery.id} of ${gallery.model.name}: one packing is of one embedder`,
  );
}

/** @throws HyperFaceError `invalid-packing` where `initialise: given` and its gallery do not go together */
async function requireStart(
  { db }: Pick<Dependencies, "db">,
  { initialise, initialGalleryId, count }: CreatePackingRequest,
) {
  if (initialGalleryId === undefined) {
    if (initialise !== "given") return;
    throw new HyperFaceError(
      "invalid-packing",
      'initialise "given" needs initialGalleryId, a gallery of `count` vectors',
    );
  }
  if (initialise !== "given") {
    throw new HyperFaceError(
      "invalid-packing",
      `initialGalleryId is of initialise "given", not of "${initialise}"`,
    );
  }
  const initial = await findGallery({ db }, initialGalleryId);
  if (initial.count === count) return;
  throw new HyperFaceError(
    "invalid-packing",
    `gallery ${initialGalleryId} has ${initial.count} vectors to start from, for ${count} identities`,
  );
}

function readSpec(settings: object): PackingSpec {
  const parsed = PackingSpec.safeParse(settings);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({
    pointer: `/${path.join("/")}`,
    detail: message,
  }));
  throw new HyperFaceError("invalid-packing", errors.map(({ detail }) => detail).join("; "), {
    errors,
  });
}
