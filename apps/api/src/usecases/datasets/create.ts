import {
  ALIGNED_SIDE,
  type CreateDatasetRequest,
  checkConditions,
  checkSampling,
  type DatasetSpec,
  errorAt,
  type GeneratorDescription,
  type JobPriority,
} from "@hyperface/contracts";
import type { Database } from "../../db/database.ts";
import { newId } from "../../db/ids.ts";
import { datasets } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { createJob } from "../../jobs/create.ts";
import { type CreationRequest, createOnce } from "../creation.ts";
import { checkIdentity } from "../identities/identity.ts";
import { checkAlignedSize } from "../images/aligned.ts";
import { findGenerator } from "../images/generator.ts";
import { holdSets } from "../resources/references.ts";
import { findReadySet, type ReadySet } from "../sets/find.ts";
import { samplesOf } from "./get.ts";
import { NO_SECONDS } from "./make.ts";
import { findForbidden } from "./recipe.ts";

/** What PostgreSQL's integers count. */
const MAX_SAMPLES = 2 ** 31 - 1;

/**
 * A dataset of a packing's identities (Algorithm 3), as a job.
 * @throws HyperFaceError `not-found`, `not-ready`, `unknown-model`, `model-mismatch`, `unsupported-condition`,
 * `set-too-large`, `invalid-request`
 */
export const createDataset = (
  deps: Dependencies,
  body: CreateDatasetRequest,
  request: CreationRequest | undefined,
) => createOnce(deps.db, request?.keyed, () => prepareDataset(deps, body, request?.priority));

/** @returns what writes it and its job, in a transaction. @throws as {@link createDataset} */
export async function prepareDataset(
  deps: Dependencies,
  body: CreateDatasetRequest,
  priority: JobPriority | undefined,
) {
  const { name, packingId } = body;
  const { packing, generator, spec } = await resolveDataset(deps, body);
  const [id, jobId] = [newId("dat"), newId("job")];
  return async (transaction: Database) => {
    await holdSets(transaction, [packingId, spec.leakage?.setId]);
    await transaction.insert(datasets).values({
      id,
      name,
      status: "pending",
      packingId,
      spec,
      generator: { name: generator.name, sha256: generator.sha256 },
      model: packing.model,
      seconds: NO_SECONDS,
      jobId,
    });
    const total = samplesOf(spec);
    const job = { id: jobId, kind: "dataset", resourceId: id, total } as const;
    await createJob(transaction, { ...job, priority });
    return id;
  };
}

/** A request with what its defaults depend on. @throws as {@link createDataset} */
export async function resolveDataset(deps: Dependencies, request: CreateDatasetRequest) {
  const packing = await findReadySet(deps, request.packingId, "packing");
  return { packing, ...(await resolveRecipe(deps, request, packing)) };
}

/** As {@link resolveDataset}, of a packing that there is, or will be. */
export async function resolveRecipe(
  deps: Dependencies,
  request: CreateDatasetRequest,
  packing: Pick<ReadySet, "id" | "count" | "model">,
) {
  const { name: _, packingId: __, dryRun: ___, identities: asked, size, ...recipe } = request;
  const generator = await findGenerator(deps, recipe.generator, packing);
  checkConditions(generator, recipe);
  checkSampling(generator, recipe);
  const identities = asked === "all" ? { from: 0, to: packing.count } : asked;
  checkIdentity(packing, identities.to - 1);
  const spec: DatasetSpec = { ...recipe, identities, size: sideOf(request, generator) };
  checkSpec(spec, packing);
  if (spec.leakage) await findForbidden(deps, spec.leakage, packing);
  return { generator, spec };
}

function sideOf({ align, size }: CreateDatasetRequest, generator: GeneratorDescription): number {
  if (align === "detect") checkAlignedSize(size, 'align by "frame" or "none"');
  if (align === "frame" && !generator.grounds) {
    const detail = `generator ${generator.name} has no fixed place for the face: align by "detect" or "none"`;
    throw refused("/align", detail);
  }
  return size ?? (align === "none" ? generator.size : ALIGNED_SIDE);
}

function checkSpec(spec: DatasetSpec, { count }: Pick<ReadySet, "count">): void {
  if (samplesOf(spec) > MAX_SAMPLES) {
    throw refused("/imagesPerIdentity", `${samplesOf(spec)} images are over ${MAX_SAMPLES}`);
  }
  if (spec.filters.maxOtherSimilarity !== undefined && count < 2) {
    throw refused("/filters/maxOtherSimilarity", "the packing has no other identity");
  }
  const { minDetectionScore, maxYaw, maxPitch, maxRoll } = spec.filters;
  const detecting = [minDetectionScore, maxYaw, maxPitch, maxRoll].some(
    (limit) => limit !== undefined,
  );
  if (spec.align === "frame" && detecting) {
    const detail =
      'align "frame" detects nothing, so nothing is known of score and pose: align by "detect" or "none"';
    throw refused("/filters", detail);
  }
  const identities = spec.identities.to - spec.identities.from;
  if (spec.formats.includes("verification") && (identities < 20 || spec.imagesPerIdentity < 2)) {
    throw refused("/formats", "verification pairs need 20 identities of 2 images, and more");
  }
}

const refused = (pointer: string, detail: string) => errorAt("invalid-request", pointer, detail);
