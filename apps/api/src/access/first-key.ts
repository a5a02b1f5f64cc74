import { KeyScope } from "@hyperface/contracts";
import { sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { apiKeys } from "../db/schema.ts";
import { createKey } from "../usecases/keys/create.ts";

/** Of all gateways that start on one database, one makes the first key. */
const LOCK = 0x6b657973;

/** A key of scope admin where there is none yet. @returns the key, to be told once; undefined where there are keys */
export const createFirstKey = (db: Database): Promise<string | undefined> =>
  db.transaction(async (transaction) => {
    await transaction.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
    if ((await transaction.$count(apiKeys)) > 0) return undefined;
    const request = { name: "the first key", scope: KeyScope.enum.admin };
    return (await createKey({ db: transaction }, request)).key;
  });
