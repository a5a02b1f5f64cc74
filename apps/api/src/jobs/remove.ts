import type { JobKind } from "@hyperface/contracts";
import { asc, inArray } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import {
  datasets,
  galleries,
  galleryPhotographs,
  idempotencyKeys,
  jobEvents,
  jobs,
  sweepCells,
  sweeps,
} from "../db/schema.ts";
import { dropDatasetObjects } from "./datasets.ts";
import { tellChange } from "./events.ts";
import { RESOURCES } from "./finish.ts";
import { disownObjects, dropObjects } from "./objects.ts";

/**
 * The jobs of resources, which no worker moves on until the transaction ends. Taken before the resources
 * themselves, as by what ends a job.
 */
export const lockJobsOf = (transaction: Database, resources: readonly { id: string }[]) =>
  transaction
    .select()
    .from(jobs)
    .where(
      inArray(
        jobs.resourceId,
        resources.map(({ id }) => id),
      ),
    )
    .orderBy(asc(jobs.id))
    .for("update");

/** Removes the rows of resources, their jobs and their requests' keys; what is stored of them goes at the next collection. */
export async function removeResources(
  transaction: Database,
  resources: readonly { kind: JobKind; id: string }[],
): Promise<void> {
  const jobsOfThem = await lockJobsOf(transaction, resources);
  const idsOf = (kind: JobKind) =>
    resources.filter((resource) => resource.kind === kind).map(({ id }) => id);
  await transaction.delete(sweepCells).where(inArray(sweepCells.sweepId, idsOf("sweep")));
  await transaction.delete(sweeps).where(inArray(sweeps.id, idsOf("sweep")));
  for (const id of idsOf("dataset")) await dropDatasetObjects(transaction, id);
  await transaction.delete(datasets).where(inArray(datasets.id, idsOf("dataset")));
  await removePhotographs(transaction, idsOf("gallery"));
  for (const kind of ["leakage-check", "packing", "gallery"] as const) {
    const table = RESOURCES[kind] as typeof RESOURCES.gallery;
    const removed = await transaction
      .delete(table)
      .where(inArray(table.id, idsOf(kind)))
      .returning({ objectKey: table.objectKey });
    await disownObjects(
      transaction,
      removed.flatMap(({ objectKey }) => objectKey ?? []),
    );
  }
  await removeJobs(
    transaction,
    jobsOfThem.map(({ id }) => id),
  );
  const keyed = inArray(
    idempotencyKeys.resourceId,
    resources.map(({ id }) => id),
  );
  await transaction.delete(idempotencyKeys).where(keyed);
}

/** What is kept of the photographs that galleries were made of. */
async function removePhotographs(transaction: Database, ids: readonly string[]): Promise<void> {
  const kept = await transaction
    .select({ facesKey: galleries.facesKey })
    .from(galleries)
    .where(inArray(galleries.id, [...ids]));
  await disownObjects(
    transaction,
    kept.flatMap(({ facesKey }) => facesKey ?? []),
  );
  await transaction
    .delete(galleryPhotographs)
    .where(inArray(galleryPhotographs.galleryId, [...ids]));
}

/** Removes the records of jobs. Workers that still have one let go of it, and who follows its events comes to an end. */
export async function removeJobs(transaction: Database, ids: readonly string[]): Promise<void> {
  await transaction.delete(jobEvents).where(inArray(jobEvents.jobId, [...ids]));
  await transaction.delete(jobs).where(inArray(jobs.id, [...ids]));
  for (const id of ids) {
    await dropObjects(transaction, id);
    await tellChange(transaction, id);
  }
}
