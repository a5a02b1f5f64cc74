import { HyperFaceError, type JobError, problemType, ServiceAway } from "@hyperface/contracts";
import { and, eq, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { databaseFailure } from "../db/failures.ts";
import { jobs } from "../db/schema.ts";
import { addEvent } from "./events.ts";
import { finishJob } from "./finish.ts";
import { keepObjects } from "./objects.ts";
import { endPiece, isPiece, lockParent, type PieceRow } from "./pieces.ts";
import type { JobRow, Slice } from "./slice.ts";

/** Failures in a row after which a job is given up. */
const MAX_ATTEMPTS = 6;
/** Longest that a job waits before it tries a service again, seconds. */
const MAX_BACKOFF = 30;

/** The job as the worker took it: not where it ended, or was taken by another or advanced, meanwhile. */
const asTaken = ({ id, version, claimedBy }: JobRow) =>
  and(
    eq(jobs.id, id),
    eq(jobs.version, version),
    eq(jobs.claimedBy, claimedBy as string),
    eq(jobs.status, "running"),
  );

const inSeconds = (seconds: number) => sql`now() + ${seconds} * interval '1 second'`;

/** Takes a slice and makes the job due again, in one transaction. @returns whether it was taken */
export const recordSlice = (db: Database, job: JobRow, slice: Slice): Promise<boolean> =>
  db.transaction(async (transaction) => {
    if (isPiece(job)) return recordPiece(transaction, job, slice);
    const { done, state, event, objectKey = null, waitSeconds = 0 } = slice;
    const free = { claimedBy: null, dueAt: inSeconds(waitSeconds), waiting: null, attempts: 0 };
    const told = slice.completed === undefined ? {} : { completed: slice.completed };
    const [row] = await transaction
      .update(jobs)
      .set({ ...told, state, version: job.version + 1, ...free, updatedAt: sql`now()` })
      .where(asTaken(job))
      .returning();
    if (!row) return false;
    await slice.record?.(transaction);
    await keepObjects(transaction, job.id, slice.needs);
    await tell(transaction, row, event);
    if (done) await finishJob(transaction, job, "succeeded", { objectKey });
    return true;
  });

/** A piece's slice: what it completed counts for the job that it is a piece of, whose events tell of it. */
async function recordPiece(transaction: Database, job: PieceRow, slice: Slice): Promise<boolean> {
  const { completed = 0, done, state, event } = slice;
  const parent = await lockParent(transaction, job);
  if (!parent) return false;
  const free = { claimedBy: null, dueAt: sql`now()`, waiting: null, attempts: 0 };
  const [row] = await transaction
    .update(jobs)
    .set({ state, version: job.version + 1, ...free, updatedAt: sql`now()` })
    .where(asTaken(job))
    .returning();
  if (!row) return false;
  const moved = { completed: parent.completed + completed, waiting: null };
  await transaction
    .update(jobs)
    .set({ ...moved, updatedAt: sql`now()` })
    .where(eq(jobs.id, parent.id));
  await slice.record?.(transaction);
  await tell(transaction, { ...parent, ...moved }, event);
  if (done) await endPiece(transaction, job);
  return true;
}

async function tell(
  transaction: Database,
  { id, completed, total }: JobRow,
  event: Slice["event"],
): Promise<void> {
  const told = typeof event === "function" ? await event(transaction) : event;
  if (told) await addEvent(transaction, id, { type: "progress", completed, total, ...told });
}

/**
 * Lets the job wait, try again or fail. A service that is away costs waiting, not attempts, and so does a full
 * store: it goes on when there is space again.
 * @returns what became of it
 */
export const recordFailure = (db: Database, job: JobRow, error: unknown) =>
  db.transaction(async (transaction) => {
    const free = { claimedBy: null, updatedAt: sql`now()` };
    const whole = isPiece(job) ? await lockParent(transaction, job) : job;
    if (!whole) return "tries again";
    const away = awayOf(error);
    if (away) {
      const { service, message: reason } = away;
      const begun = [job, whole].find(({ waiting }) => waiting?.service === service)?.waiting;
      const since = begun?.since ?? new Date().toISOString();
      const waited = (Date.now() - Date.parse(since)) / 1000;
      const dueAt = inSeconds(Math.min(MAX_BACKOFF, Math.max(1, waited / 2)));
      const waiting = { service, since, reason };
      const [row] = await transaction
        .update(jobs)
        .set({ waiting, dueAt, ...free })
        .where(asTaken(job))
        .returning();
      if (row && since !== whole.waiting?.since) {
        if (isPiece(job))
          await transaction.update(jobs).set({ waiting }).where(eq(jobs.id, whole.id));
        await addEvent(transaction, whole.id, { type: "waiting", ...waiting });
      }
      return "waits";
    }
    const attempts = job.attempts + 1;
    const passing = !(error instanceof HyperFaceError) || PASSING.has(error.code);
    const again = passing && attempts < MAX_ATTEMPTS;
    const [row] = await transaction
      .update(jobs)
      .set({ attempts, dueAt: inSeconds(2 ** attempts), ...free })
      .where(asTaken(job))
      .returning();
    if (again || !row) return "tries again";
    await finishJob(transaction, whole, "failed", { error: reasonOf(error) });
    return "failed";
  });

const PASSING = new Set(["service-unavailable", "timeout"]);

/** The service that was not to be had, by name, and why; undefined where the failure is another. */
function awayOf(error: unknown): { service: string; message: string } | undefined {
  if (error instanceof ServiceAway) return error;
  if (error instanceof HyperFaceError && error.code === "storage-full") {
    return { service: "the object store", message: error.message };
  }
  const failure = databaseFailure(error);
  return failure && { service: "the database", message: failure.message };
}

const reasonOf = (error: unknown): JobError =>
  error instanceof HyperFaceError
    ? { type: problemType(error.code), detail: error.message }
    : {
        type: problemType("internal"),
        detail: "the job failed; its id finds the cause in the log",
      };
