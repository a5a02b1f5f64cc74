import { execFile } from "node:child_process";
import { access, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import { innermost } from "@hyperface/contracts";
import { drizzle as drizzleServer } from "drizzle-orm/node-postgres";
import { migrate as migrateServer } from "drizzle-orm/node-postgres/migrator";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import { drizzle as drizzleEmbedded } from "drizzle-orm/pglite";
import { migrate as migrateEmbedded } from "drizzle-orm/pglite/migrator";
import pg from "pg";
import { type Listener, listenOnServer } from "./listen.ts";
import { type LockOptions, takeLock } from "./lock.ts";
import { traceQueries } from "./trace.ts";

export type Database = PgDatabase<PgQueryResultHKT>;

export interface OpenDatabase {
  db: Database;
  /** Calls `listener` for each NOTIFY on a channel, until `close`. */
  listen(channel: string, listener: Listener): Promise<void>;
  /** Nobody else has it open: what is under way in it at the start was cut off. */
  embedded: boolean;
  close(): Promise<void>;
}

interface DatabaseOptions extends LockOptions {
  url?: string | undefined;
  home: string;
  /** Told of connections that are lost while nobody uses them. */
  onError: (error: Error) => void;
}

/** How long a request waits for a connection before it is told that there is none. */
const CONNECT_MS = 5000;

/** PostgreSQL's own default of 128 MB is for large tables: those here have rows by the thousand. */
const SMALL = ["-c", "shared_buffers=16MB"];

const migrationsFolder = fileURLToPath(new URL("../../drizzle", import.meta.url));

/** Opens and migrates PostgreSQL at `url`, or the embedded one under `home`. */
export const openDatabase = ({ url, home, onError, onWait }: DatabaseOptions) =>
  url ? openServer(url, onError) : openEmbedded(home, { onWait });

async function openServer(url: string, onError: DatabaseOptions["onError"]): Promise<OpenDatabase> {
  const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  // A client that loses its connection says so, idle in the pool or between two statements of a transaction; the
  // pool replaces it. An error that nobody listens to would end the process.
  pool.on("error", onError);
  pool.on("connect", (client) => traceQueries(client).on("error", onError));
  const db = drizzleServer(traceQueries(pool));
  await migrateServer(db, { migrationsFolder }).catch(cannotOpen("the database at DATABASE_URL"));
  const listening: (() => Promise<void>)[] = [];
  return {
    db,
    embedded: false,
    async listen(channel, listener) {
      listening.push(listenOnServer(url, channel, listener));
    },
    async close() {
      await Promise.all(listening.map((end) => end()));
      await pool.end();
    },
  };
}

async function openEmbedded(home: string, options: LockOptions): Promise<OpenDatabase> {
  const folder = join(home, "database");
  const failed = cannotOpen(`the database in ${folder}`);
  await mkdir(home, { recursive: true }).catch(failed);
  const unlock = await takeLock(`${folder}-lock`, options).catch(failed);
  const client = await openFiles(folder).catch(async (error) => {
    await unlock();
    return failed(error);
  });
  const transaction = client.transaction.bind(client);
  client.transaction = (work) => transaction((inner) => work(traceQueries(inner)));
  const db = drizzleEmbedded(traceQueries(client));
  await migrateEmbedded(db, { migrationsFolder });
  const close = async () => {
    await client.close();
    await unlock();
  };
  const listen = async (channel: string, listener: Listener) => {
    await client.listen(channel, listener);
  };
  return { db, listen, embedded: true, close };
}

async function openFiles(folder: string): Promise<PGlite> {
  const isThere = await access(join(folder, "PG_VERSION")).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    // Whole or not at all, whenever it is cut off.
    const unfinished = `${folder}-unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await initialise(unfinished);
    await rename(unfinished, folder);
  }
  return PGlite.create(folder, { startParams: [...PGlite.defaultStartParams, ...SMALL] });
}

const initialiser = fileURLToPath(new URL("./initialise.mjs", import.meta.url));

const initialise = (folder: string) =>
  new Promise<void>((done, fail) => {
    execFile(process.execPath, [initialiser, folder], (error, said) => {
      if (!error) return done();
      const { message, errno } = said ? JSON.parse(said) : { message: error.message };
      fail(message ? new Error(message) : { errno });
    });
  });

function cannotOpen(what: string) {
  return (error: Error): never => {
    const reason = innermost(error);
    const why = reason instanceof Error ? reason.message : fileFailure(reason);
    throw new Error(`${what} cannot be opened: ${why}`, { cause: error });
  };
}

/** The embedded database's file system throws what is no Error: WASI's numbers for what the disk said. */
const WASI: Record<number, string> = {
  2: "permission denied",
  51: "no space left",
  54: "it is not a folder",
  69: "the file system is read-only",
};
const fileFailure = (reason: unknown) =>
  WASI[(reason as { errno?: number } | null)?.errno ?? 0] ?? JSON.stringify(reason);
