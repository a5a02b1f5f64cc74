import type { z } from "@hono/zod-openapi";
import { logFailure } from "@hyperface/contracts";
import type { ServiceLogger } from "@hyperface/service-kit";
import { openStore } from "@hyperface/storage";
import { startAudit } from "./access/audit.ts";
import { createByteQuota } from "./access/byte-quota.ts";
import { createConcurrencyLimit } from "./access/concurrency.ts";
import { createFirstKey } from "./access/first-key.ts";
import { createGuard } from "./access/guard.ts";
import type { Limit } from "./access/limit.ts";
import { createRateLimit } from "./access/rate-limit.ts";
import { createApiApp, createGateway } from "./app.ts";
import { createEmbedClient } from "./clients/embed.ts";
import { createGenerateClient } from "./clients/generate.ts";
import { createOptimizerClient } from "./clients/optimizer.ts";
import { createServiceClient, type Fetch } from "./clients/service.ts";
import { type Database, openDatabase } from "./db/database.ts";
import { explain } from "./db/failures.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Environment } from "./env.ts";
import { followChanges } from "./jobs/changes.ts";
import { returnAllClaims } from "./jobs/claim.ts";
import { startWorkers } from "./jobs/worker.ts";
import { observeJobs, observeStore } from "./metrics.ts";
import { createImageCache } from "./usecases/images/cache.ts";
import { rememberPackings } from "./usecases/sets/find.ts";
import { createWarmSets } from "./usecases/sets/warm.ts";

export { createApiApp } from "./app.ts";
export { DEFAULT_PORT, Environment } from "./env.ts";

/** How long what a service says of a model holds, and a packing's row: one that is replaced is taken for the old one so long. */
const REMEMBER_SECONDS = 5;

export interface ApiServiceOptions {
  environment: z.infer<typeof Environment>;
  logger: ServiceLogger;
  /** Reaches services in this process, in place of the network. */
  fetch?: { embed: Fetch; optimizer: Fetch; generate: Fetch };
}

const ALONE = (role: string) =>
  `ROLE=${role} needs DATABASE_URL, a PostgreSQL that others use too: the embedded database is one process's alone`;

/**
 * The gateway with its database, object store and workers, or what its role leaves of it; `close` lets go of them
 * in order.
 * @throws Error where something that it needs is not to be had
 */
export async function createApiService({ environment, logger, fetch }: ApiServiceOptions) {
  const { HYPERFACE_HOME: home, SLICE_SECONDS: sliceSeconds, ROLE: role } = environment;
  if (role !== "all" && !environment.DATABASE_URL) throw new Error(ALONE(role));
  const client = (name: string, url: string, inProcess: Fetch | undefined) =>
    createServiceClient({
      name,
      url,
      fetch: inProcess,
      token: environment.SERVICE_TOKEN,
      timeoutSeconds: environment.SERVICE_TIMEOUT_SECONDS,
    });
  const onError = (error: unknown) => logFailure(logger, explain(error), {}, "database");
  const onWait = (message: string) => logger.warn(message);
  const database = await openDatabase({ url: environment.DATABASE_URL, home, onError, onWait });
  const findPacking = rememberPackings(database.db, REMEMBER_SECONDS);
  const changes = await followChanges(database, findPacking.forget);
  const store = observeStore(await openStore({ home, url: environment.STORE_URL }));
  const deps: Dependencies = {
    logger,
    db: database.db,
    store,
    warmSets: createWarmSets(store),
    findPacking,
    imageCache: createImageCache(environment.IMAGE_CACHE_MIB * 2 ** 20),
    changes,
    embed: createEmbedClient(
      client("embed-svc", environment.EMBED_URL, fetch?.embed),
      REMEMBER_SECONDS,
    ),
    optimizer: createOptimizerClient(
      client("optimizer-svc", environment.OPTIMIZER_URL, fetch?.optimizer),
    ),
    generate: createGenerateClient(
      client("generate-svc", environment.GENERATE_URL, fetch?.generate),
      REMEMBER_SECONDS,
    ),
    signingKey: environment.SIGNING_KEY ?? null,
    archiveLimits: {
      bytes: environment.MAX_ARCHIVE_MIB * 2 ** 20,
      files: environment.MAX_ARCHIVE_FILES,
    },
    sliceSeconds,
  };
  if (database.embedded) await returnAllClaims(database.db);
  const keys = needsKeys(environment);
  const first = keys && role !== "work" ? await createFirstKey(database.db) : undefined;
  // Not a log line: logs are kept and read by others.
  if (first) console.error(`The first API key, of scope admin, told only now: ${first}`);
  const workers = startWorkers(deps, role === "serve" ? 0 : environment.WORKERS);
  const unobserve = observeJobs(database.db);
  const limits = limitsOf(environment, database.db, onError);
  const audit =
    keys && environment.AUDIT_DAYS > 0
      ? startAudit(database.db, logger, environment.AUDIT_DAYS)
      : undefined;
  const doors = { audit: audit?.middleware, guard: createGuard(database.db, { keys, limits }) };
  return {
    app: role === "work" ? createGateway(deps, doors) : createApiApp(deps, doors),
    async close() {
      await workers.close();
      unobserve();
      await audit?.close();
      await database.close();
    },
  };
}

/** Each that is asked for. */
const limitsOf = (
  environment: ApiServiceOptions["environment"],
  db: Database,
  onError: (error: unknown) => void,
): Limit[] => {
  const {
    REQUESTS_PER_MINUTE: perMinute,
    REQUESTS_AT_ONCE: atOnce,
    MEBIBYTES_PER_DAY: perDay,
  } = environment;
  return [
    ...(perMinute > 0 ? [createRateLimit(db, perMinute)] : []),
    ...(atOnce > 0 ? [createConcurrencyLimit(atOnce)] : []),
    ...(perDay > 0 ? [createByteQuota(db, perDay, onError)] : []),
  ];
};

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1)$/;

const needsKeys = ({ API_KEYS: keys, HOST: host }: ApiServiceOptions["environment"]) =>
  keys === "required" || (keys === "auto" && !LOOPBACK.test(host));
