import type { JobEvent } from "@hyperface/contracts";
import { and, asc, eq, gt } from "drizzle-orm";
import { jobEvents } from "../../db/schema.ts";
import type { WithDatabase } from "./get.ts";

/** Events after `sequence`, in order. */
export async function listEvents(
  { db }: WithDatabase,
  jobId: string,
  sequence: number,
): Promise<JobEvent[]> {
  const rows = await db
    .select()
    .from(jobEvents)
    .where(and(eq(jobEvents.jobId, jobId), gt(jobEvents.sequence, sequence)))
    .orderBy(asc(jobEvents.sequence));
  return rows.map((row) => ({ ...row.data, sequence: row.sequence }));
}
