import type { JobError } from "@hyperface/contracts";
import { and, eq, inArray, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { datasets, galleries, jobs, leakageChecks, packings, sweeps } from "../db/schema.ts";
import { dropDatasetObjects } from "./datasets.ts";
import { addEvent } from "./events.ts";
import { forgetKey, releaseObjects } from "./objects.ts";
import { dropPieces } from "./pieces.ts";
import { type JobRow, UNFINISHED } from "./slice.ts";
import { jobsOfCells, wakeSweeps } from "./sweeps.ts";

export const RESOURCES = {
  gallery: galleries,
  packing: packings,
  dataset: datasets,
  "leakage-check": leakageChecks,
  sweep: sweeps,
};

type Ending = "succeeded" | "failed" | "cancelled";
const RESOURCE_STATUS = { succeeded: "ready", failed: "failed", cancelled: "cancelled" } as const;

/** Ends an unfinished job and what it makes, in one transaction; one that has ended is left alone. */
export async function finishJob(
  transaction: Database,
  { id, kind, resourceId }: Pick<JobRow, "id" | "kind" | "resourceId">,
  status: Ending,
  { error = null, objectKey = null }: { error?: JobError | null; objectKey?: string | null } = {},
): Promise<void> {
  const free = { claimedBy: null, waiting: null };
  const ended = await transaction
    .update(jobs)
    .set({ status, error, ...free, updatedAt: sql`now()`, finishedAt: sql`now()` })
    .where(and(eq(jobs.id, id), inArray(jobs.status, [...UNFINISHED])))
    .returning();
  if (ended.length === 0) return;
  await dropPieces(transaction, id);
  const resource = RESOURCES[kind];
  const [made] = await transaction
    .update(resource)
    .set({ status: RESOURCE_STATUS[status], ...(objectKey ? { objectKey } : {}) })
    .where(eq(resource.id, resourceId))
    .returning();
  if (objectKey) await forgetKey(transaction, objectKey);
  if (kind === "dataset" && status === "cancelled") {
    await dropDatasetObjects(transaction, resourceId);
  }
  if (kind === "sweep" && status === "cancelled") {
    const cells = await jobsOfCells(transaction, resourceId);
    for (const job of cells) await finishJob(transaction, job, "cancelled");
  }
  // Nobody's photographs are kept for a retry.
  const isPrivate = made !== undefined && "photographs" in made && made.photographs !== null;
  await releaseObjects(transaction, id, status === "failed" && !isPrivate);
  await addEvent(transaction, id, { type: "finished", status, error });
  if (kind !== "sweep") await wakeSweeps(transaction);
}
