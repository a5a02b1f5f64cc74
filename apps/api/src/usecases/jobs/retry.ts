import { HyperFaceError, type Job, problemType } from "@hyperface/contracts";
import { and, eq, isNotNull, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "../../db/database.ts";
import { jobEvents, jobs, sweepCells } from "../../db/schema.ts";
import { addEvent } from "../../jobs/events.ts";
import { RESOURCES } from "../../jobs/finish.ts";
import { reclaimObjects } from "../../jobs/objects.ts";
import type { JobRow } from "../../jobs/slice.ts";
import { findMade } from "../sweeps/made.ts";
import { findJob, type WithDatabase } from "./get.ts";

/**
 * Queues a failed job again, from where it stood; from its beginning where that is kept no longer, or was refused.
 * @throws HyperFaceError `not-found`, `conflict` where it has not failed
 */
export async function retryJob({ db }: WithDatabase, id: string): Promise<Job> {
  const { status } = await findJob({ db }, id);
  const retried = status === "failed" && (await db.transaction((tx) => queueAgain(tx, id)));
  const job = await findJob({ db }, id);
  if (retried) return job;
  throw new HyperFaceError("conflict", `job ${id} is ${job.status}: only a failed one is retried`);
}

async function queueAgain(transaction: Database, id: string): Promise<boolean> {
  const [failed] = await transaction
    .select()
    .from(jobs)
    .where(and(eq(jobs.id, id), eq(jobs.status, "failed")))
    .for("update");
  if (!failed) return false;
  const { kind, resourceId, version, total, error } = failed;
  const isKept = !isRefused(failed) && (await reclaimObjects(transaction, neededBy(failed)));
  const from = isKept ? {} : { state: {}, completed: 0 };
  const fresh = { attempts: 0, error: null, finishedAt: null, dueAt: sql`now()` };
  await transaction
    .update(jobs)
    .set({ status: "queued", version: version + 1, ...fresh, ...from, updatedAt: sql`now()` })
    .where(eq(jobs.id, id));
  const resource = RESOURCES[kind];
  await transaction.update(resource).set({ status: "pending" }).where(eq(resource.id, resourceId));
  if (kind === "sweep") await reviveCells(transaction, resourceId);
  // Only the last event of a job says that it has finished: who follows it from the beginning goes on.
  await transaction
    .update(jobEvents)
    .set({ data: { type: "retried", error } })
    .where(and(eq(jobEvents.jobId, id), sql`${jobEvents.data} ->> 'type' = 'finished'`));
  const completed = isKept ? failed.completed : 0;
  await addEvent(transaction, id, { type: "progress", completed, total });
  return true;
}

/** A checkpoint of another version of a service, or a damaged one, would be refused again. */
const isRefused = ({ error }: JobRow): boolean => error?.type === problemType("invalid-checkpoint");

/** Cells of a sweep that failed are made again: what failed of them goes on, what is gone is made anew. */
async function reviveCells(transaction: Database, sweepId: string): Promise<void> {
  const ofSweep = eq(sweepCells.sweepId, sweepId);
  const failed = await transaction
    .select()
    .from(sweepCells)
    .where(and(ofSweep, isNotNull(sweepCells.error)));
  const made = await findMade(transaction, failed);
  const reviving = [...made.values()].filter(({ status }) => status === "failed");
  for (const { jobId } of reviving) if (jobId) await queueAgain(transaction, jobId);
  const kept = (id: string | null) => {
    const status = id === null ? undefined : made.get(id)?.status;
    return status === undefined || status === "cancelled" ? null : id;
  };
  for (const { cell, ...ids } of failed) {
    const [galleryId, packingId] = [kept(ids.galleryId), kept(ids.packingId)];
    const again = { galleryId, packingId, datasetId: kept(ids.datasetId), error: null };
    await transaction
      .update(sweepCells)
      .set(again)
      .where(and(ofSweep, eq(sweepCells.cell, cell)));
  }
}

/** What the states of all kinds of job name objects by. */
const Needs = z.object({
  checkpoint: z.string().nullish(),
  parts: z.array(z.string()).default([]),
  photographs: z.array(z.string()).default([]),
});

/** Keys of the objects that a job's state goes on from. */
function neededBy({ state }: JobRow): string[] {
  const { checkpoint, parts, photographs } = Needs.parse(state);
  return [...(checkpoint ? [checkpoint] : []), ...parts, ...photographs];
}
