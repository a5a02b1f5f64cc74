import type { JobEventData } from "@hyperface/contracts";
import { sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { jobEvents } from "../db/schema.ts";

/** The channel on which a job's id is told when something about it changed (NOTIFY). */
export const JOBS_CHANNEL = "hyperface_jobs";

/** Appends an event to a job, with the next number; told to all who wait when the transaction commits. */
export async function addEvent(
  transaction: Database,
  jobId: string,
  data: JobEventData,
): Promise<void> {
  await transaction.insert(jobEvents).values({
    jobId,
    sequence: sql`(select coalesce(max(sequence), 0) + 1 from job_events where job_id = ${jobId})`,
    data,
  });
  await tellChange(transaction, jobId);
}

/** Wakes whoever waits for the job, in any process, when the transaction commits. */
export const tellChange = (transaction: Database, jobId: string) =>
  transaction.execute(sql`select pg_notify(${JOBS_CHANNEL}, ${jobId})`);
