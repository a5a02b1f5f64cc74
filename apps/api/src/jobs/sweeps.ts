import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { jobs, sweepCells } from "../db/schema.ts";

/** The jobs of all that a sweep made. */
export async function jobsOfCells(transaction: Database, sweepId: string) {
  const ids = await madeForSweeps(transaction, [sweepId]);
  return transaction.select().from(jobs).where(inArray(jobs.resourceId, ids)).orderBy(asc(jobs.id));
}

/** Ids of the galleries, packings and datasets that sweeps made. */
export async function madeForSweeps(transaction: Database, sweepIds: readonly string[]) {
  const cells = await transaction
    .select()
    .from(sweepCells)
    .where(inArray(sweepCells.sweepId, [...sweepIds]));
  const ids = cells.flatMap(({ galleryId, packingId, datasetId }) => [
    galleryId,
    packingId,
    datasetId,
  ]);
  return [...new Set(ids)].filter((id) => id !== null);
}

/** Sweeps that wait look again: what they wait for may have ended. One that is being looked at is let be. */
export async function wakeSweeps(transaction: Database): Promise<void> {
  const waiting = transaction
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.kind, "sweep"), eq(jobs.status, "running"), isNull(jobs.claimedBy)))
    .for("update", { skipLocked: true });
  await transaction.update(jobs).set({ dueAt: sql`now()` }).where(inArray(jobs.id, waiting));
}
