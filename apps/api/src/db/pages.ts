import type { JobListQuery, ListQuery, Page } from "@hyperface/contracts";
import { and, asc, desc, eq, gt, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { fromCursor, toCursor } from "./ids.ts";
import type { datasets, galleries, jobs, leakageChecks, packings, sweeps } from "./schema.ts";

type Listed =
  | typeof galleries
  | typeof packings
  | typeof datasets
  | typeof leakageChecks
  | typeof sweeps
  | typeof jobs;

/** A page of a table: what the query lets through, in its order. A page goes on behind its cursor, whatever came since. */
export async function listRows<T extends Listed, R>(
  db: Database,
  table: T,
  query: ListQuery | JobListQuery,
  present: (row: T["$inferSelect"]) => R,
): Promise<Page<R>> {
  const { limit, cursor, sort } = query;
  // What they have in common has the types of any of them.
  const common = table as typeof galleries;
  const order = orderOf(common, sort);
  const rows: (typeof galleries.$inferSelect)[] = await db
    .select()
    .from(common)
    .where(and(...filtersOf(table, query), cursor ? order.behind(cursor) : undefined))
    .orderBy(...order.by)
    .limit(limit + 1);
  return pageFrom(rows, limit, {
    present: (row) => present(row as T["$inferSelect"]),
    keyOf: order.keyOf,
  });
}

/**
 * A page of rows of which one more than `limit` was asked for, to know whether there is a next page.
 * @param keyOf what the cursor to the next page says of this one's last row
 */
export function pageFrom<R, T>(
  rows: readonly R[],
  limit: number,
  { present, keyOf }: { present: (row: R) => T; keyOf: (row: R) => string },
): Page<T> {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    data: rows.slice(0, limit).map(present),
    nextCursor: last === undefined ? null : toCursor(keyOf(last)),
  };
}

function filtersOf(table: Listed, query: ListQuery | JobListQuery): (SQL | undefined)[] {
  const { status, createdAfter, createdBefore } = query;
  const { createdAt } = table;
  return [
    status && sql`${table.status} = ${status}`,
    createdAfter ? gt(createdAt, new Date(createdAfter)) : undefined,
    createdBefore ? lt(createdAt, new Date(createdBefore)) : undefined,
    "name" in query && query.name
      ? sql`strpos(${(table as typeof galleries).name}, ${query.name}) > 0`
      : undefined,
    "parentId" in table ? isNull((table as typeof jobs).parentId) : undefined,
    "kind" in query && query.kind ? eq((table as typeof jobs).kind, query.kind) : undefined,
  ];
}

interface Order {
  by: SQL[];
  /** What a cursor that stands at a row says. */
  keyOf(row: { id: string; name: string }): string;
  /** @throws HyperFaceError `invalid-request` where the cursor is of no list in this order */
  behind(cursor: string): SQL;
}

const ID = /^[a-z]{3}_[a-z0-9]+$/;
/** A name behind the id. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: PostgreSQL has no text for it.
const ID_AND_NAME = /^[a-z]{3}_[a-z0-9]+ [^\u0000]*$/;

/** Ids order by time of creation; names by code points, whatever the database's language, then by id. */
function orderOf({ id, name }: typeof galleries, sort: ListQuery["sort"]): Order {
  const [direction, than] = sort.startsWith("-") ? [desc, sql`<`] : [asc, sql`>`];
  if (sort.endsWith("created")) {
    return {
      by: [direction(id)],
      keyOf: (row) => row.id,
      behind: (cursor) => sql`${id} ${than} ${fromCursor(cursor, ID)}`,
    };
  }
  const byCodePoint = sql`${name} collate "C"`;
  return {
    by: [direction(byCodePoint), direction(id)],
    keyOf: (row) => `${row.id} ${row.name}`,
    behind(cursor) {
      const key = fromCursor(cursor, ID_AND_NAME);
      const space = key.indexOf(" ");
      const [lastId, lastName] = [key.slice(0, space), key.slice(space + 1)];
      return sql`(${byCodePoint}, ${id}) ${than} (${lastName}, ${lastId})`;
    },
  };
}
