import type { ListQuery, Page } from "@hyperface/contracts";
import { desc, lt } from "drizzle-orm";
import type { Database } from "./database.ts";
import { fromCursor, toCursor } from "./ids.ts";
import type { datasets, galleries, jobs, packings } from "./schema.ts";

/** A page of a table, newest first. */
export async function listRows<
  T extends typeof galleries | typeof packings | typeof datasets | typeof jobs,
  R,
>(
  db: Database,
  table: T,
  { limit, cursor }: ListQuery,
  present: (row: T["$inferSelect"]) => R,
): Promise<Page<R>> {
  const older = cursor ? lt(table.id, fromCursor(cursor, /^[a-z]{3}_[a-z0-9]+$/)) : undefined;
  const rows: T["$inferSelect"][] = await db
    .select()
    .from(table as typeof galleries)
    .where(older)
    .orderBy(desc(table.id))
    .limit(limit + 1);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { data: rows.slice(0, limit).map(present), nextCursor: last ? toCursor(last.id) : null };
}
