import type { ApiKey, Page, PageQuery } from "@hyperface/contracts";
import { desc, lt } from "drizzle-orm";
import { fromCursor } from "../../db/ids.ts";
import { pageFrom } from "../../db/pages.ts";
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
  return pageFrom(rows, limit, { present: presentKey, keyOf: ({ id }) => id });
}
