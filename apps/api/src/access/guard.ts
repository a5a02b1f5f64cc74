import { getConnInfo } from "@hono/node-server/conninfo";
import { HyperFaceError, KEY_SCOPES, type KeyScope } from "@hyperface/contracts";
import type { ServiceVariables } from "@hyperface/service-kit";
import { and, eq, gt, isNull, or, sql } from "drizzle-orm";
import type { Context, MiddlewareHandler } from "hono";
import type { Database } from "../db/database.ts";
import { apiKeys } from "../db/schema.ts";
import { hashKey } from "./key.ts";
import type { Limit } from "./limit.ts";
import { isReading } from "./reading.ts";

export interface GuardOptions {
  /** Whether a request needs a key. */
  keys: boolean;
  /** Of each key, or of each address where no keys are asked for. */
  limits: readonly Limit[];
}

/** What answers without a key: documentation, and whether the process lives. */
const isGuarded = (path: string) => path.startsWith("/v1/") || path === "/metrics";

/**
 * Lets through who may: `401` without a valid key, `403` beyond its scope, `429` beyond a limit.
 * Keys are looked up for each request, so that one that is revoked holds nowhere any more.
 */
export function createGuard(
  db: Database,
  { keys, limits }: GuardOptions,
): MiddlewareHandler<{ Variables: ServiceVariables }> {
  return async (c, next) => {
    if (!isGuarded(c.req.path)) return next();
    const key = keys ? await findKey(db, c) : undefined;
    if (key) c.set("client", key.id);
    const client = key?.id ?? `address ${addressOf(c)}`;
    const after: (() => void)[] = [];
    try {
      for (const limit of limits) after.push((await limit(c, client)) ?? (() => {}));
      if (key) checkScope(key.scope, c);
      await next();
    } finally {
      for (const each of after) each();
    }
  };
}

const addressOf = (c: Context) => getConnInfo(c).remote.address ?? "unknown";

/** @throws HyperFaceError `unauthenticated` */
async function findKey(db: Database, c: Context) {
  const [, key] = /^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "") ?? [];
  if (!key) {
    throw unauthenticated("an API key is needed: send it as `Authorization: Bearer hf_...`");
  }
  const hash = hashKey(key);
  const isPrevious = and(eq(apiKeys.previousHash, hash), gt(apiKeys.previousUntil, sql`now()`));
  const isValid = or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, sql`now()`));
  const [found] = await db
    .select({ id: apiKeys.id, scope: apiKeys.scope })
    .from(apiKeys)
    .where(and(or(eq(apiKeys.hash, hash), isPrevious), isValid));
  if (!found) throw unauthenticated("the API key is not one of ours, or holds no longer");
  return found;
}

const unauthenticated = (detail: string) => new HyperFaceError("unauthenticated", detail);

/** @throws HyperFaceError `forbidden` */
function checkScope(scope: KeyScope, c: Context): void {
  const needed = scopeOf(c.req.method, c.req.path);
  if (KEY_SCOPES.indexOf(scope) >= KEY_SCOPES.indexOf(needed)) return;
  const detail = `${c.req.method} ${c.req.path} needs a key of scope ${needed}; this one's is ${scope}`;
  throw new HyperFaceError("forbidden", detail);
}

function scopeOf(method: string, path: string): KeyScope {
  if (/^\/v1\/(keys|audit)(\/|$)/.test(path)) return "admin";
  return isReading(method) ? "read" : "write";
}
