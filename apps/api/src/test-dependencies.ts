import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoadedEmbedder, PackingMetrics } from "@hyperface/contracts";
import { createLogger } from "@hyperface/service-kit";
import { openStore } from "@hyperface/storage";
import { afterAll, beforeAll } from "vitest";
import { hasPostgres, startPostgres } from "../../../test/postgres.ts";
import { createEmbedClient } from "./clients/embed.ts";
import { createGenerateClient } from "./clients/generate.ts";
import { createOptimizerClient } from "./clients/optimizer.ts";
import { createServiceClient, type Fetch } from "./clients/service.ts";
import { openDatabase } from "./db/database.ts";
import type { Dependencies } from "./dependencies.ts";
import { followChanges } from "./jobs/changes.ts";
import { placeDatabase } from "./test-database.ts";
import { createImageCache } from "./usecases/images/cache.ts";
import { rememberPackings } from "./usecases/sets/find.ts";
import { createWarmSets } from "./usecases/sets/warm.ts";

export const DATABASES = hasPostgres
  ? (["embedded", "PostgreSQL"] as const)
  : (["embedded"] as const);

export interface TestServices {
  embed?: Fetch;
  optimizer?: Fetch;
  generate?: Fetch;
}

const away: Fetch = async () => new Response(null, { status: 503 });

export const DIMENSION = 4;
/** An embedder, as embed-svc tells of it. */
export const EMBEDDER: LoadedEmbedder = {
  name: "mobilefacenet-512",
  sha256: "0".repeat(64),
  dimension: DIMENSION,
  licence: "MIT",
  arithmetic: "none",
  source: "none",
  ...{ state: "ready", files: [], memoryBytes: 0 },
};
/** Says which embedder there is, and embeds nothing. */
const describing: Fetch = async () => Response.json(EMBEDDER);

/** An optimizer's report, after so many steps. */
export const metricsAt = (iteration: number): PackingMetrics => ({
  iteration,
  maxCosine: 0.5,
  nearestCosine: { mean: 0.4, p05: 0.3, p25: 0.35, p50: 0.4, p75: 0.45, p95: 0.5 },
  regulariser: null,
  objective: 0.4,
  evaluated: 2,
  iterations: 400,
  iterationsPerSecond: 100,
  secondsLeft: 1,
});

/** A gateway's dependencies without its server or workers: a real database and store, and what answers as services. */
export async function openTestDependencies(
  database: (typeof DATABASES)[number],
  services: TestServices = {},
): Promise<{ deps: Dependencies; close(): Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), "gateway-"));
  if (database === "embedded") await placeDatabase(home);
  const server = database === "PostgreSQL" ? await startPostgres() : undefined;
  const open = await openDatabase({ url: server?.url, home, onError: () => {} });
  const findPacking = rememberPackings(open.db, 5);
  const changes = await followChanges(open, findPacking.forget);
  const client = (name: string, fetch = away) =>
    createServiceClient({ name, url: `http://${name}`, fetch, timeoutSeconds: 60 });
  const store = await openStore({ home });
  const deps: Dependencies = {
    logger: createLogger("test", "silent"),
    db: open.db,
    store,
    warmSets: createWarmSets(store),
    findPacking,
    imageCache: createImageCache(0),
    changes,
    embed: createEmbedClient(client("embed-svc", services.embed ?? describing)),
    optimizer: createOptimizerClient(client("optimizer-svc", services.optimizer)),
    generate: createGenerateClient(client("generate-svc", services.generate)),
    signingKey: null,
    archiveLimits: { bytes: 2 ** 26, files: 2000 },
    sliceSeconds: 1,
  };
  return {
    deps,
    async close() {
      await open.close();
      await server?.remove();
      await rm(home, { recursive: true });
    },
  };
}

/** A logger whose lines are kept, as they would be written. */
export function keepLog() {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  return { lines, logger: createLogger("test", "info", { write }) };
}

/** Dependencies on the embedded database for the tests of a file, which share them. */
export function useDependencies(services: TestServices = {}): { readonly deps: Dependencies } {
  let open: Awaited<ReturnType<typeof openTestDependencies>> | undefined;
  beforeAll(async () => {
    open = await openTestDependencies("embedded", services);
  });
  afterAll(() => open?.close());
  return {
    get deps() {
      if (!open) throw new Error("there are none before the tests begin");
      return open.deps;
    },
  };
}
