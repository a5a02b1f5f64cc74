import { setTimeout as wait } from "node:timers/promises";
import { logFailure } from "@hyperface/contracts";
import type { ServiceLogger, ServiceVariables } from "@hyperface/service-kit";
import { lt, sql } from "drizzle-orm";
import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { Database } from "../db/database.ts";
import { explain } from "../db/failures.ts";
import { newId } from "../db/ids.ts";
import { auditEntries } from "../db/schema.ts";
import { isReading } from "./reading.ts";

/** How long an entry may wait to be written: a killed process loses those of so long. */
const FLUSH_MS = 500;
/** Entries of one statement. */
const AT_ONCE = 500;
/** Entries kept while the database is away; more are said in the log alone. */
const MOST_WAITING = 50_000;
const FORGET_MS = 3600_000;

/** What only looks, and at no image. */
const isLook = (method: string, route: string) =>
  isReading(method) && !/\/images\/|\/files\//.test(route);

export interface Audit {
  /** Notes each request that makes, changes, deletes or downloads something, and what came of it. */
  middleware: MiddlewareHandler<{ Variables: ServiceVariables }>;
  /** Writes what waits. */
  close(): Promise<void>;
}

/** A log of who made what, written behind the requests: none waits for it. */
export function startAudit(db: Database, logger: ServiceLogger, days: number): Audit {
  const waiting: (typeof auditEntries.$inferInsert)[] = [];
  const closing = new AbortController();
  const flush = async () => {
    while (waiting.length > 0) {
      const some = waiting.slice(0, AT_ONCE);
      await db.insert(auditEntries).values(some).onConflictDoNothing();
      waiting.splice(0, some.length);
    }
  };
  const forget = () =>
    db
      .delete(auditEntries)
      .where(lt(auditEntries.createdAt, sql`now() - ${days} * interval '1 day'`));
  const failed = (error: unknown) =>
    logFailure(logger, explain(error), { waiting: waiting.length }, "audit");
  const forgetting = setInterval(() => forget().catch(failed), FORGET_MS);
  const writing = (async () => {
    while (!closing.signal.aborted) {
      await wait(FLUSH_MS, undefined, { signal: closing.signal }).catch(() => {});
      await flush().catch(failed);
    }
  })();
  return {
    async middleware(c, next) {
      await next();
      const { method, path } = c.req;
      const route = routePath(c, -1);
      if (!path.startsWith("/v1/") || isLook(method, route)) return;
      // As it was sent: decoded it may be what is no text to a database.
      const { pathname, search } = new URL(c.req.url);
      const entry = {
        ...{ id: newId("aud"), createdAt: new Date(), client: c.get("client") ?? null },
        ...{ method, route, path: `${pathname}${search}`, status: c.res.status },
        ...{ made: c.res.headers.get("location"), requestId: c.get("requestId") },
      };
      if (waiting.length < MOST_WAITING) waiting.push(entry);
      else logger.warn({ entry }, "audit: not written");
    },
    async close() {
      clearInterval(forgetting);
      closing.abort();
      await writing;
    },
  };
}
