import {
  type CreatePackingRequest,
  HyperFaceError,
  PackingProblem,
  resolvePacking,
} from "@hyperface/contracts";
import { createOnce } from "../../db/creation.ts";
import { newId } from "../../db/ids.ts";
import { jobs, packings } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { findGallery, requireReady } from "../galleries/get.ts";

/**
 * A packing of reference embeddings (Eq. 2), as a job.
 * @throws HyperFaceError `not-found`, `not-ready` of its gallery; `invalid-problem`
 */
export async function createPacking(
  { db, queue }: Dependencies,
  request: CreatePackingRequest,
  idempotencyKey: string | undefined,
) {
  const { name, galleryId, ...settings } = request;
  const gallery = await findGallery({ db }, galleryId);
  requireReady("gallery", gallery);
  const problem = readProblem({ ...settings, dimension: gallery.dimension });
  const jobId = newId("job");
  const once = { operation: "createPacking", key: idempotencyKey, body: request };
  const result = await createOnce(db, once, async (transaction) => {
    const id = newId("pak");
    const { model } = gallery;
    const packing = { id, name, galleryId, status: "pending", model, problem, jobId } as const;
    await transaction.insert(packings).values(packing);
    const job = { id: jobId, kind: "packing", resourceId: id, status: "queued" } as const;
    await transaction.insert(jobs).values({ ...job, total: resolvePacking(problem).iterations });
    return id;
  });
  if (result.created) await queue.enqueue(jobId);
  return result;
}

function readProblem(settings: object): PackingProblem {
  const parsed = PackingProblem.safeParse(settings);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({
    pointer: `/${path.join("/")}`,
    detail: message,
  }));
  throw new HyperFaceError("invalid-problem", errors.map(({ detail }) => detail).join("; "), {
    errors,
  });
}
