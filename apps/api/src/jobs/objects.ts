import { randomBytes } from "node:crypto";
import { logFailure } from "@hyperface/contracts";
import { and, asc, eq, gt, inArray, isNull, lte, notInArray, or, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { explain } from "../db/failures.ts";
import { looseObjects } from "../db/schema.ts";
import type { Dependencies } from "../dependencies.ts";
import type { JobRow } from "./slice.ts";

/** How long an object may be on its way: longer than any slice. */
const GRACE = sql`now() + interval '2 hours'`;
/** How long a failed job can be retried from where it stood. */
const RETRY_GRACE = sql`now() + interval '7 days'`;
const NOW = sql`now()`;
/** Objects deleted in one transaction. */
const BATCH = 50;
/** Rows of one statement. */
const ROWS_AT_ONCE = 1000;

/** A key that nobody else writes, noted before anything is written under it. */
export async function reserveKey(
  db: Database,
  prefix: string,
  jobId?: string,
  extension = "safetensors",
): Promise<string> {
  const key = `${prefix}-${randomBytes(12).toString("hex")}.${extension}`;
  await db.insert(looseObjects).values({ key, jobId: jobId ?? null, expiresAt: GRACE });
  return key;
}

/** A key for what a slice of `job` writes, named after the version that it would make. */
export const reserveSliceKey = (
  db: Database,
  folder: string,
  { id, version }: JobRow,
  extension?: string,
) => reserveKey(db, `${folder}/${version + 1}`, id, extension);

/** Of an object that a resource's row names now, or of one that was never written. */
export const forgetKey = (transaction: Database, key: string) =>
  transaction.delete(looseObjects).where(eq(looseObjects.key, key));

/** Objects that no row names any more are deleted at the next collection. */
export async function disownObjects(transaction: Database, keys: readonly string[]) {
  for (let from = 0; from < keys.length; from += ROWS_AT_ONCE) {
    const some = keys.slice(from, from + ROWS_AT_ONCE);
    await transaction.insert(looseObjects).values(some.map((key) => ({ key, expiresAt: NOW })));
  }
}

/** Keeps `needs` for the job's next slice; what it needed before may be deleted. */
export async function keepObjects(
  transaction: Database,
  jobId: string,
  needs: readonly string[],
): Promise<void> {
  const { key, expiresAt } = looseObjects;
  const own = eq(looseObjects.jobId, jobId);
  const others = needs.length > 0 ? notInArray(key, [...needs]) : undefined;
  await transaction
    .update(looseObjects)
    .set({ expiresAt: NOW })
    .where(and(own, isNull(expiresAt), others));
  if (needs.length === 0) return;
  await transaction
    .update(looseObjects)
    .set({ expiresAt: null })
    .where(and(own, inArray(key, [...needs])));
}

/** What an ended job leaves: at once where nobody can go on from it, later where it may be retried. */
export const releaseObjects = (transaction: Database, jobId: string, retriable: boolean) =>
  transaction
    .update(looseObjects)
    .set({ expiresAt: retriable ? RETRY_GRACE : NOW })
    .where(and(eq(looseObjects.jobId, jobId), isNull(looseObjects.expiresAt)));

/** What a deleted job kept, for its next slice or a retry; what a slice may still be writing has its own time. */
export const dropObjects = (transaction: Database, jobId: string) => {
  const { expiresAt } = looseObjects;
  return transaction
    .update(looseObjects)
    .set({ expiresAt: NOW })
    .where(and(eq(looseObjects.jobId, jobId), or(isNull(expiresAt), gt(expiresAt, GRACE))));
};

/** What a job was to begin from that was never made. */
export const abandonObjects = (db: Database, jobId: string) =>
  db.update(looseObjects).set({ expiresAt: NOW }).where(eq(looseObjects.jobId, jobId));

/** Keeps `needs` for the job's first slice, or again for a retry. @returns whether all of them are still there */
export async function reclaimObjects(transaction: Database, needs: readonly string[]) {
  if (needs.length === 0) return true;
  const kept = await transaction
    .update(looseObjects)
    .set({ expiresAt: null })
    .where(inArray(looseObjects.key, [...needs]))
    .returning();
  return kept.length === needs.length;
}

/** Deletes objects whose time is over, of one job or of all. Safe beside itself. @returns how many */
export async function collectObjects(
  { db, store }: Pick<Dependencies, "db" | "store">,
  jobId?: string,
): Promise<number> {
  for (let total = 0; ; ) {
    const collected = await db.transaction(async (transaction) => {
      const due = await transaction
        .select({ key: looseObjects.key })
        .from(looseObjects)
        .where(
          and(lte(looseObjects.expiresAt, NOW), jobId ? eq(looseObjects.jobId, jobId) : undefined),
        )
        .orderBy(asc(looseObjects.expiresAt))
        .limit(BATCH)
        .for("update", { skipLocked: true });
      const keys = due.map(({ key }) => key);
      // The object first: a crash in between leaves a row that says what to delete again.
      await Promise.all(keys.map((key) => store.delete(key)));
      if (keys.length > 0) {
        await transaction.delete(looseObjects).where(inArray(looseObjects.key, keys));
      }
      return keys.length;
    });
    total += collected;
    if (collected < BATCH) return total;
  }
}

/** Has what was just let go deleted now, not at the next round, without anyone waiting for it. */
export function collectSoon(deps: Pick<Dependencies, "db" | "store" | "logger">): void {
  collectObjects(deps).catch((error) =>
    logFailure(deps.logger, explain(error), {}, "objects not collected"),
  );
}
