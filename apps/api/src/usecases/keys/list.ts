import type { ApiKey, Page, PageQuery } from "@hyperface/contracts";
import { desc, lt } from "drizzle-orm";
import { fromCursor, toCursor } from "../../db/ids.ts";
import { apiKeys } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { presentKey } from "./find.ts";

const ID = /^key_[a-z0-9]+$/;

/** A page of keys, newest first. */
export async function listKeys(
  { db }: Pick<Dependencies, "db">,
  { limit, cursor }: PageQuery,
): Promise<Page<ApiKey>> {
  const rows = await db
    .select()
    .from(apiKeys)
    .where(cursor ? lt(apiKeys.id, fromCursor(cursor, ID)) : undefined)
    .orderBy(desc(apiKeys.id))
    .limit(limit + 1);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    data: rows.slice(0, limit).map(presentKey),
    nextCursor: last ? toCursor(last.id) : null,
  };
}
