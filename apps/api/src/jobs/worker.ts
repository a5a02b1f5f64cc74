import { HyperFaceError, type JobError, problemType } from "@hyperface/contracts";
import { and, eq, inArray, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { jobs } from "../db/schema.ts";
import type { Dependencies } from "../dependencies.ts";
import { advanceGallery } from "../usecases/galleries/advance.ts";
import { advancePacking } from "../usecases/packings/advance.ts";
import { addEvent, finishJob, UNFINISHED } from "./finish.ts";
import type { JobRow, Slice } from "./slice.ts";

/** Failures in a row after which a job is given up. */
const MAX_ATTEMPTS = 6;

/** By kind of job: a pure step from its row and the objects it names. */
export const SLICES: Record<JobRow["kind"], (deps: Dependencies, job: JobRow) => Promise<Slice>> = {
  gallery: advanceGallery,
  packing: advancePacking,
};

/** Advances a job by one slice, and asks for the next. A cancelled or finished job is left alone. */
export async function advanceJob(deps: Dependencies, jobId: string, messageId: string) {
  const { db, logger } = deps;
  const [job] = await db
    .update(jobs)
    .set({ status: "running", messageId, updatedAt: sql`now()` })
    .where(and(eq(jobs.id, jobId), inArray(jobs.status, [...UNFINISHED])))
    .returning();
  if (!job) return;
  const started = performance.now();
  try {
    const slice = await SLICES[job.kind](deps, job);
    const taken = await recordSlice(db, job, slice);
    const ms = Math.round(performance.now() - started);
    logger.info({ jobId, kind: job.kind, completed: slice.completed, ms, taken }, "slice");
    if (!taken) return;
    await Promise.all(slice.obsolete.map((key) => deps.store.delete(key)));
    if (!slice.done) await deps.queue.enqueue(jobId);
  } catch (error) {
    await recordFailure(deps, job, error);
  }
}

/** @returns whether it was taken: not where the job was cancelled, or advanced by another, meanwhile */
const recordSlice = (db: Database, job: JobRow, slice: Slice): Promise<boolean> =>
  db.transaction(async (transaction) => {
    const { completed, done, state } = slice;
    const [row] = await transaction
      .update(jobs)
      .set({ completed, state, version: job.version + 1, attempts: 0, updatedAt: sql`now()` })
      .where(and(eq(jobs.id, job.id), eq(jobs.version, job.version), eq(jobs.status, "running")))
      .returning();
    if (!row) return false;
    const { total } = job;
    await addEvent(transaction, job.id, { type: "progress", completed, total, ...slice.event });
    if (done)
      await finishJob(transaction, job, "succeeded", { objectKey: slice.objectKey ?? null });
    return true;
  });

async function recordFailure({ db, logger, queue }: Dependencies, job: JobRow, error: unknown) {
  const attempts = job.attempts + 1;
  const permanent = error instanceof HyperFaceError && error.code !== "service-unavailable";
  logger.error({ jobId: job.id, attempts, err: error }, "slice failed");
  if (!permanent && attempts < MAX_ATTEMPTS) {
    await db.update(jobs).set({ attempts }).where(eq(jobs.id, job.id));
    await queue.enqueue(job.id, 2 ** attempts);
    return;
  }
  const reason: JobError =
    error instanceof HyperFaceError
      ? { type: problemType(error.code), detail: error.message }
      : {
          type: problemType("internal"),
          detail: "the job failed; its id finds the cause in the log",
        };
  await db.transaction((transaction) => finishJob(transaction, job, "failed", { error: reason }));
}
