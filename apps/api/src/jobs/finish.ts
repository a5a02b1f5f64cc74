import type { JobError } from "@hyperface/contracts";
import { and, eq, inArray, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { galleries, jobEvents, jobs, packings } from "../db/schema.ts";
import type { JobRow } from "./slice.ts";

const RESOURCES = { gallery: galleries, packing: packings };
export const UNFINISHED = ["queued", "running"] as const;

type Ending = "succeeded" | "failed" | "cancelled";
const RESOURCE_STATUS = { succeeded: "ready", failed: "failed", cancelled: "cancelled" } as const;

/** Ends an unfinished job and what it makes, in one transaction; one that has ended is left alone. */
export async function finishJob(
  transaction: Database,
  { id, kind, resourceId }: Pick<JobRow, "id" | "kind" | "resourceId">,
  status: Ending,
  { error = null, objectKey = null }: { error?: JobError | null; objectKey?: string | null } = {},
): Promise<void> {
  const ended = await transaction
    .update(jobs)
    .set({ status, error, messageId: null, updatedAt: sql`now()`, finishedAt: sql`now()` })
    .where(and(eq(jobs.id, id), inArray(jobs.status, [...UNFINISHED])))
    .returning();
  if (ended.length === 0) return;
  const resource = RESOURCES[kind];
  await transaction
    .update(resource)
    .set({ status: RESOURCE_STATUS[status], objectKey })
    .where(eq(resource.id, resourceId));
  await addEvent(transaction, id, { type: "finished", status, error });
}

/** Appends an event to a job, with the next number. */
export const addEvent = (transaction: Database, jobId: string, data: Record<string, unknown>) =>
  transaction.insert(jobEvents).values({
    jobId,
    sequence: sql`(select coalesce(max(sequence), 0) + 1 from job_events where job_id = ${jobId})`,
    data,
  });
