import {
  type CreateSweepRequest,
  errorAt,
  HyperFaceError,
  type ModelReference,
  type SweepPoint,
  type SweepSpec,
} from "@hyperface/contracts";
import { newId } from "../../db/ids.ts";
import { sweepCells, sweeps } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { createJob } from "../../jobs/create.ts";
import { type CreationRequest, createOnce } from "../creation.ts";
import { resolveRecipe } from "../datasets/create.ts";
import { packingSpec } from "../packings/create.ts";
import { holdSets } from "../resources/references.ts";
import { findReadySet } from "../sets/find.ts";
import { datasetOf, packingOf, pointsOf } from "./cells.ts";

/** What stands in errors for what is not made yet. */
const PLANNED = { gallery: "gal_planned", packing: "pak_planned" };

/**
 * Packings and datasets of every cell of a grid, and what each is worth, as a job.
 * @throws HyperFaceError `not-found`, `not-ready`, `unknown-model`, `model-mismatch`, `invalid-packing`,
 * `unsupported-condition`, `set-too-large`, `invalid-request`, of the first cell that cannot be made
 */
export const createSweep = (
  deps: Dependencies,
  { name, dryRun: _, ...spec }: CreateSweepRequest,
  request: CreationRequest | undefined,
) =>
  createOnce(deps.db, request?.keyed, async () => {
    const { points } = await planSweep(deps, spec);
    const [id, jobId] = [newId("swp"), newId("job")];
    return async (transaction) => {
      await holdSets(transaction, [...givenSets(spec), spec.dataset.leakage?.setId]);
      await transaction.insert(sweeps).values({ id, name, status: "pending", spec, jobId });
      const cells = points.map((point, cell) => ({ sweepId: id, cell, point }));
      await transaction.insert(sweepCells).values(cells);
      const total = points.length;
      const job = { id: jobId, kind: "sweep", resourceId: id, total } as const;
      await createJob(transaction, { ...job, priority: request?.priority });
      return id;
    };
  });

const givenSets = ({ grid }: SweepSpec) =>
  grid.gallery.filter((gallery) => typeof gallery === "string" && gallery !== "none") as string[];

/** A sweep's cells, each of which can be made as far as can be known. @throws as {@link createSweep} */
export async function planSweep(deps: Dependencies, spec: SweepSpec) {
  const { grid, packing, dataset } = spec;
  if (grid.optimizer.length > 1 && packing.method !== "paper") {
    const detail = 'optimisers differ with packing method "paper" alone';
    throw errorAt("invalid-request", "/grid/optimizer", detail);
  }
  const generator = await deps.generate.describe(dataset.generator);
  await checkGalleries(deps, spec, generator.embedder);
  const points = pointsOf(grid);
  for (const [cell, point] of points.entries()) {
    await checkCell(deps, spec, point, generator).catch((error) => {
      if (!(error instanceof HyperFaceError)) throw error;
      const { code, message, cause } = error;
      throw new HyperFaceError(code, `cell ${cell}: ${message}`, { cause });
    });
  }
  return { points, generator };
}

async function checkGalleries(deps: Dependencies, { grid }: SweepSpec, embedder: ModelReference) {
  for (const [k, gallery] of grid.gallery.entries()) {
    if (gallery === "none") continue;
    const model =
      typeof gallery === "string"
        ? (await findReadySet(deps, gallery)).model
        : (await deps.generate.describe(gallery.generator)).embedder;
    if (model.sha256 === embedder.sha256) continue;
    const detail = `it is of ${model.name}, the generator follows identities of ${embedder.name}`;
    throw errorAt("model-mismatch", `/grid/gallery/${k}`, detail);
  }
}

async function checkCell(
  deps: Dependencies,
  spec: SweepSpec,
  point: SweepPoint,
  generator: { embedder: ModelReference; embeddingDimension: number },
): Promise<void> {
  const { embedder: model, embeddingDimension: dimension } = generator;
  const near = point.gallery === "none" ? undefined : PLANNED.gallery;
  packingSpec(packingOf(spec, point, { near, model }), { dimension });
  const packing = { id: PLANNED.packing, count: point.identities, model };
  await resolveRecipe(deps, datasetOf(spec, point, { packingId: packing.id }), packing);
}
