import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import { drizzle as drizzleServer } from "drizzle-orm/node-postgres";
import { migrate as migrateServer } from "drizzle-orm/node-postgres/migrator";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import { drizzle as drizzleEmbedded } from "drizzle-orm/pglite";
import { migrate as migrateEmbedded } from "drizzle-orm/pglite/migrator";
import pg from "pg";
import type PgBoss from "pg-boss";

export type Database = PgDatabase<PgQueryResultHKT>;

export interface OpenDatabase {
  db: Database;
  /** How the queue reaches the same database. */
  queue: PgBoss.DatabaseOptions;
  /** Nobody else has it open: what is under way in it at the start was cut off. */
  embedded: boolean;
  close(): Promise<void>;
}

const migrationsFolder = fileURLToPath(new URL("../../drizzle", import.meta.url));

/** Opens and migrates PostgreSQL at `url`, or the embedded one under `home`. */
export const openDatabase = ({ url, home }: { url?: string | undefined; home: string }) =>
  url ? openServer(url) : openEmbedded(join(home, "database"));

async function openServer(url: string): Promise<OpenDatabase> {
  const pool = new pg.Pool({ connectionString: url });
  const db = drizzleServer(pool);
  await migrateServer(db, { migrationsFolder });
  return { db, queue: { connectionString: url }, embedded: false, close: () => pool.end() };
}

async function openEmbedded(folder: string): Promise<OpenDatabase> {
  await mkdir(dirname(folder), { recursive: true });
  const client = await PGlite.create(folder);
  const db = drizzleEmbedded(client);
  await migrateEmbedded(db, { migrationsFolder });
  // The queue sends several statements at once where it sends no values; only `exec` takes them.
  const executeSql = async (text: string, values: unknown[] = []) => {
    if (values.length > 0) return client.query<object>(text, values);
    return (await client.exec(text)).findLast(({ fields }) => fields.length > 0) ?? { rows: [] };
  };
  return { db, queue: { db: { executeSql } }, embedded: true, close: () => client.close() };
}
