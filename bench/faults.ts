import { createHash } from "node:crypto";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { randomStream } from "@hyperface/hypersphere";
import {
  type CreateDatasetRequest,
  createHyperFace,
  type HyperFace,
  HyperFaceApiError,
  type Job,
} from "@hyperface/sdk";
import { createFileStore } from "@hyperface/storage";
import { endLeftovers } from "../test/leftovers.ts";
import { freePort } from "../test/ports.ts";
import { hasPostgres, type Postgres, startPostgres } from "../test/postgres.ts";
import { startService, temporaryHome } from "../test/servers.ts";
import type { BenchmarkOptions } from "./options.ts";

const KILLS = 20;
const SEED = 1;
/** Between two faults, seconds. */
const LEAST_PAUSE = 2;
const MOST_PAUSE = 6;
/** Between two requests, seconds. */
const REQUEST_PAUSE = 1.5;
/** Jobs are given up for lost after this, once all is left in peace. */
const PEACE_SECONDS = 240;

type Service = "api" | "embed-svc" | "optimizer-svc" | "generate-svc";
const KINDS = ["gallery", "packing", "dataset"] as const;
type Kind = (typeof KINDS)[number];

/** A process that is started again on its port where it was killed, as a cluster does. */
interface Member {
  name: Service;
  url: string;
  killAndStart(): Promise<void>;
}

interface Accepted {
  kind: Kind;
  key: string;
  id: string;
  jobId: string;
}

/**
 * Two gateways, three services and a PostgreSQL, of which one is killed (-9; the database stopped as by a crash) every few
 * seconds under a mixed workload; each comes back after a moment. What every accepted job came to in the end.
 */
export async function benchFaults({ kills = KILLS }: BenchmarkOptions) {
  if (!hasPostgres) return { skipped: "PostgreSQL is not installed" };
  try {
    return await measure(kills);
  } finally {
    await endLeftovers();
  }
}

async function measure(kills: number) {
  const started = performance.now();
  const place = await temporaryHome();
  const database = await startPostgres();
  const members = await startMembers(place.home, database.url);
  const [first, second] = members
    .filter(({ name }) => name === "api")
    .map(({ url }) => createHyperFace({ baseUrl: url })) as [HyperFace, HyperFace];
  const workload = await prepare(first);

  const ending = new AbortController();
  const submitting = submit([first, second], workload, ending.signal);
  const killed = await kill(kills, members, database);
  ending.abort();
  const outcome = await judge(first, await submitting, workload);
  let corrupt = 0;
  const damage = createFileStore(join(place.home, "objects")).findDamage();
  for await (const { key, kind } of damage) {
    console.error(`${key}: ${kind}`);
    corrupt++;
  }
  return { kills, killed, ...outcome, corrupt, seconds: (performance.now() - started) / 1000 };
}

async function startMembers(home: string, databaseUrl: string): Promise<Member[]> {
  const services = await Promise.all(
    (["embed-svc", "optimizer-svc", "generate-svc"] as const).map((name) =>
      startMember(name, home),
    ),
  );
  const [embed, optimizer, generate] = services.map(({ url }) => url) as [string, string, string];
  const gateway = {
    ...{ DATABASE_URL: databaseUrl, EMBED_URL: embed, OPTIMIZER_URL: optimizer },
    ...{ GENERATE_URL: generate, SLICE_SECONDS: "0.5", SERVICE_TIMEOUT_SECONDS: "30" },
  };
  const first = await startMember("api", home, gateway);
  return [first, await startMember("api", home, gateway), ...services];
}

async function startMember(name: Service, home: string, variables = {}): Promise<Member> {
  const all = { LOG_LEVEL: "silent", PORT: `${await freePort()}`, ...variables };
  let system = await startService(name, home, all);
  return {
    name,
    url: system.url,
    async killAndStart() {
      await system.stop("SIGKILL");
      system = await startService(name, home, all);
    },
  };
}

/** What is asked for again and again, and the hash of what it comes to undisturbed. */
interface Workload {
  ask: Record<Kind, (client: HyperFace, name: string) => Promise<Made>>;
  hashes: Record<Kind, string>;
}

async function prepare(hyperface: HyperFace): Promise<Workload> {
  const numbers = randomStream(SEED, "faults").gaussian(64 * 512);
  const embeddings = Array.from({ length: 64 }, (_, i) => [
    ...numbers.subarray(i * 512, (i + 1) * 512),
  ]);
  const { id: near } = await hyperface.galleries.create({ source: "upload", embeddings });
  const packing = { near, count: 48, iterations: 1500, seed: 3 };
  const { id: packingId, jobId } = await hyperface.packings.create(packing);
  await hyperface.jobs.wait(jobId);
  const dataset: CreateDatasetRequest = {
    ...{ packingId, identities: { from: 0, to: 2 }, imagesPerIdentity: 2 },
    ...{ formats: ["folder"], align: "none", ground: "none" },
  };
  const ask: Workload["ask"] = {
    gallery: ({ galleries }, name) =>
      galleries.create({ source: "generator", count: 6, seed: 1, name }, { idempotencyKey: name }),
    packing: ({ packings }, name) =>
      packings.create({ ...packing, name }, { idempotencyKey: name }),
    dataset: ({ datasets }, name) =>
      datasets.create({ ...dataset, name }, { idempotencyKey: name }),
  };
  const hashes = {} as Workload["hashes"];
  for (const kind of KINDS) {
    const made = await ask[kind](hyperface, `undisturbed ${kind}`);
    await hyperface.jobs.wait(made.jobId as string);
    hashes[kind] = await hashOf(hyperface, kind, made.id);
  }
  return { ask, hashes };
}

/** Of all that a client gets of it, but for what names it. */
async function hashOf(hyperface: HyperFace, kind: Kind, id: string): Promise<string> {
  const hash = createHash("sha256");
  if (kind === "dataset") {
    for await (const { name, sha256 } of hyperface.datasets.files(id)) {
      if (name.startsWith("folder/")) hash.update(`${name} ${sha256}\n`);
    }
  } else {
    const sets = kind === "gallery" ? hyperface.galleries : hyperface.packings;
    hash.update(await sets.embeddingsNpy(id));
  }
  return hash.digest("hex");
}

/** Asks for one thing after another of either gateway, until told to end; each with a key, again until it is answered. */
async function submit(
  clients: readonly [HyperFace, HyperFace],
  { ask }: Workload,
  ending: AbortSignal,
): Promise<Accepted[]> {
  const accepted: Accepted[] = [];
  for (let i = 0; !ending.aborted; i++) {
    const kind = KINDS[i % KINDS.length] as Kind;
    const key = `${kind} ${i}`;
    for (let attempt = 0; ; attempt++) {
      try {
        const { id, jobId } = await ask[kind](clients[(i + attempt) % 2] as HyperFace, key);
        accepted.push({ kind, key, id, jobId: jobId as string });
        break;
      } catch (error) {
        if (error instanceof HyperFaceApiError && error.status < 500) throw error;
        // Nothing was promised, yet it may have been done: the key says that it is the same again.
        await later(200);
      }
    }
    await later(1000 * REQUEST_PAUSE);
  }
  return accepted;
}

interface Made {
  id: string;
  jobId: string | null;
}

async function kill(kills: number, members: readonly Member[], database: Postgres) {
  const draws = randomStream(SEED, "kills").uniform(2 * kills);
  const killed: Record<string, number> = {};
  for (let i = 0; i < kills; i++) {
    const [pause, choice] = draws.subarray(2 * i, 2 * i + 2) as unknown as [number, number];
    await later(1000 * (LEAST_PAUSE + (MOST_PAUSE - LEAST_PAUSE) * pause));
    const victim = members[Math.floor(choice * (members.length + 1))];
    const name = victim?.name ?? "database";
    killed[name] = (killed[name] ?? 0) + 1;
    console.error(`fault ${i + 1} of ${kills}: ${name}`);
    if (victim) await victim.killAndStart();
    else await database.restart("immediate");
  }
  return killed;
}

/** What each accepted job came to, once nothing is killed any more. */
async function judge(hyperface: HyperFace, accepted: readonly Accepted[], { hashes }: Workload) {
  const counts = {
    jobsAccepted: accepted.length,
    jobsFinished: 0,
    jobsFailed: 0,
    lost: 0,
    wrong: 0,
  };
  const reasons = new Set<string>();
  const until = Date.now() + 1000 * PEACE_SECONDS;
  for (const { kind, key, id, jobId } of accepted) {
    const job = await ended(hyperface, jobId, until);
    if (job?.status === "succeeded") {
      counts.jobsFinished++;
      if ((await hashOf(hyperface, kind, id)) !== hashes[kind]) counts.wrong++;
    } else if (job?.error) {
      counts.jobsFailed++;
      reasons.add(job.error.detail);
    } else {
      counts.lost++;
      console.error(`${key} is lost: ${job?.status ?? "there is no such job"}`);
    }
  }
  const names = await Promise.all([
    namesOf(hyperface.galleries.list()),
    namesOf(hyperface.packings.list()),
    namesOf(hyperface.datasets.list()),
  ]);
  const keyed = names.flat().filter((name) => /^(gallery|packing|dataset) \d+$/.test(name));
  const duplicates = keyed.length - new Set(keyed).size;
  return { ...counts, duplicates, reasons: [...reasons] };
}

async function ended({ jobs }: HyperFace, id: string, until: number): Promise<Job | undefined> {
  for (;;) {
    const job = await jobs.get(id).catch((error) => {
      if (error instanceof HyperFaceApiError && error.status === 404) return undefined;
      throw error;
    });
    if (!job || job.finishedAt !== null || Date.now() > until) return job;
    await later(500);
  }
}

async function namesOf(made: AsyncIterable<{ name: string }>): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of made) names.push(name);
  return names;
}
