import type { AuditEntry, AuditQuery, Page } from "@hyperface/contracts";
import { and, desc, eq, gt, lt, sql } from "drizzle-orm";
import { fromCursor } from "../../db/ids.ts";
import { pageFrom } from "../../db/pages.ts";
import { auditEntries } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";

const ID = /^aud_[a-z0-9]+$/;

/** A page of the audit log, newest first. */
export async function listAudit(
  { db }: Pick<Dependencies, "db">,
  { limit, cursor, client, path, createdAfter, createdBefore }: AuditQuery,
): Promise<Page<AuditEntry>> {
  const entry = auditEntries;
  const rows = await db
    .select()
    .from(entry)
    .where(
      and(
        cursor ? lt(entry.id, fromCursor(cursor, ID)) : undefined,
        client ? eq(entry.client, client) : undefined,
        path ? sql`starts_with(${entry.path}, ${path})` : undefined,
        createdAfter ? gt(entry.createdAt, new Date(createdAfter)) : undefined,
        createdBefore ? lt(entry.createdAt, new Date(createdBefore)) : undefined,
      ),
    )
    .orderBy(desc(entry.id))
    .limit(limit + 1);
  return pageFrom(rows, limit, {
    present: (row) => ({ ...row, createdAt: row.createdAt.toISOString() }),
    keyOf: ({ id }) => id,
  });
}
