import { and, asc, eq, inArray, isNull, lte, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { newId } from "../db/ids.ts";
import { jobs } from "../db/schema.ts";
import { tellChange } from "./events.ts";
import { type JobRow, UNFINISHED } from "./slice.ts";

/** A job of a piece: another job's work that any worker may do, beside others on other pieces. */
export type PieceRow = JobRow & { parentId: string };

export const isPiece = (job: JobRow): job is PieceRow => job.parentId !== null;

/** The pieces of a job that are not done. */
export const listPieces = (db: Database, { id }: Pick<JobRow, "id">): Promise<JobRow[]> =>
  db.select().from(jobs).where(eq(jobs.parentId, id)).orderBy(asc(jobs.id));

/** Queues pieces of a job, each with where it begins, in the transaction that takes the job's slice. */
export async function createPieces(
  transaction: Database,
  { id, kind, resourceId, priority, trace }: JobRow,
  states: readonly Record<string, unknown>[],
): Promise<void> {
  if (states.length === 0) return;
  const of = { kind, resourceId, priority, trace, parentId: id };
  const piece = { ...of, status: "queued", total: 1 } as const;
  // Of pieces that are due at once the first comes first: ids order them.
  const ids = states.map(() => newId("job")).sort();
  const rows = states.map((state, k) => ({ id: ids[k] as string, ...piece, state }));
  await transaction.insert(jobs).values(rows);
  await tellChange(transaction, id);
}

/** The job of a piece, which nobody else changes until the transaction ends; undefined where it has ended. */
export async function lockParent(transaction: Database, { parentId }: PieceRow) {
  const [parent] = await transaction
    .select()
    .from(jobs)
    .where(and(eq(jobs.id, parentId), inArray(jobs.status, [...UNFINISHED])))
    .for("update");
  return parent;
}

/** Of a piece that is done: its job looks at once what is to be done next. */
export async function endPiece(transaction: Database, { id, parentId }: PieceRow): Promise<void> {
  await transaction.delete(jobs).where(eq(jobs.id, id));
  await transaction
    .update(jobs)
    .set({ dueAt: sql`now()` })
    .where(and(eq(jobs.id, parentId), isNull(jobs.claimedBy)));
}

/** What is left of a job's pieces when that has ended. Whoever has one lets go of it. */
export const dropPieces = (transaction: Database, jobId: string) =>
  transaction.delete(jobs).where(eq(jobs.parentId, jobId));

/** Where one piece of a job is taken the others stand behind all that is due: other jobs have their turns. */
export async function standBack(transaction: Database, { parentId }: PieceRow): Promise<void> {
  const waiting = transaction
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.parentId, parentId), isNull(jobs.claimedBy), lte(jobs.dueAt, sql`now()`)))
    .for("update", { skipLocked: true });
  await transaction.update(jobs).set({ dueAt: sql`now()` }).where(inArray(jobs.id, waiting));
}
