import { logFailure } from "@hyperface/contracts";
import { and, asc, eq, inArray, lte, or, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { explain } from "../db/failures.ts";
import { jobs } from "../db/schema.ts";
import type { Dependencies } from "../dependencies.ts";
import { addEvent } from "./events.ts";
import { isPiece, standBack } from "./pieces.ts";
import { type JobRow, UNFINISHED } from "./slice.ts";

/** How long a worker that fell silent keeps its job. */
const LEASE = sql`now() + interval '15 seconds'`;
/** How often a worker says that it is alive. */
const HEARTBEAT_MS = 3000;

/** What a step of priority is worth in waiting: more would starve what has less. */
const AHEAD = sql`${jobs.dueAt} - ${jobs.priority} * interval '1 minute'`;

/** Takes the job that is due longest by its priority, if there is any. */
export const claimJob = (db: Database, worker: string): Promise<JobRow | undefined> =>
  db.transaction(async (transaction) => {
    // A worker has one job at a time: one that it has already is left of an answer that was lost.
    const free = or(lte(jobs.dueAt, sql`now()`), eq(jobs.claimedBy, worker));
    const [job] = await transaction
      .select()
      .from(jobs)
      .where(and(inArray(jobs.status, [...UNFINISHED]), free))
      .orderBy(asc(AHEAD), asc(jobs.id))
      .limit(1)
      .for("update", { skipLocked: true });
    if (!job) return undefined;
    await transaction
      .update(jobs)
      .set({ status: "running", claimedBy: worker, dueAt: LEASE, updatedAt: sql`now()` })
      .where(eq(jobs.id, job.id));
    const { id, completed, total } = job;
    if (isPiece(job)) await standBack(transaction, job);
    else if (job.status === "queued")
      await addEvent(transaction, id, { type: "progress", completed, total });
    return { ...job, status: "running", claimedBy: worker };
  });

/**
 * Extends the lease on a job until `release`.
 * @returns a signal that says when the job is another's, or has ended
 */
export function holdClaim({ db, changes, logger }: Dependencies, { id, claimedBy }: JobRow) {
  const lost = new AbortController();
  const released = new AbortController();
  const watch = changes.watch(id);
  const mine = and(eq(jobs.id, id), eq(jobs.claimedBy, claimedBy as string));
  const hold = async () => {
    while (!lost.signal.aborted) {
      await watch.changed(HEARTBEAT_MS, released.signal);
      if (released.signal.aborted) break;
      try {
        const [held] = await db.update(jobs).set({ dueAt: LEASE }).where(mine).returning();
        if (!held) lost.abort(new Error(`job ${id} has ended or is another's`));
      } catch (error) {
        // Nothing is known of the claim: the slice goes on, and is taken only if it is still ours.
        logFailure(logger, explain(error), { jobId: id }, "lease not extended");
      }
    }
    watch.close();
  };
  const held = hold();
  const release = async () => {
    released.abort();
    await held;
  };
  return { signal: lost.signal, release };
}

/** Gives back what the workers of a process have, for others to go on with at once. */
export const returnClaims = (db: Database, workers: readonly string[]) =>
  db
    .update(jobs)
    .set({ claimedBy: null, dueAt: sql`now()` })
    .where(inArray(jobs.claimedBy, [...workers]));

/** What a killed process had goes on at once: only where no other process can have a job. */
export const returnAllClaims = (db: Database) =>
  db
    .update(jobs)
    .set({ claimedBy: null, dueAt: sql`now()` })
    .where(sql`${jobs.claimedBy} is not null`);
