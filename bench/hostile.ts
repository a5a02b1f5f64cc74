import { setTimeout as later } from "node:timers/promises";
import { randomStream } from "@hyperface/hypersphere";
import { dot, normaliseRows } from "@hyperface/vectors";
import { endLeftovers } from "../test/leftovers.ts";
import { startOne, temporaryHome } from "../test/servers.ts";
import { createChance } from "./hostile/chance.ts";
import { type Answer, type HostileRequest, KINDS, type Target } from "./hostile/kinds.ts";
import { readUsage } from "./hostile/process.ts";
import type { BenchmarkOptions } from "./options.ts";

const REQUESTS = 2000;
const SEED = 1;
/** Answers that say that too much is asked of the server, or that its disk is full. */
const DELIBERATE = new Set([503, 507]);
/** Least cosine between what went in and what comes out. */
const SAME = 0.9;
/** Before the last reading of memory, seconds. */
const REST = 10;

/**
 * Requests of clients that are careless or mean, by a seeded generator of each kind in turn, to a server in a process
 * of its own: which it answers by a failure of its own, what one costs it, and what changes data in silence.
 */
export async function benchHostile({ requests = REQUESTS }: BenchmarkOptions) {
  if (process.platform !== "linux") return { skipped: "what a request costs is read from /proc" };
  try {
    return await measure(requests);
  } finally {
    await endLeftovers();
  }
}

async function measure(requests: number) {
  const { home } = await temporaryHome();
  const system = await startOne(home, { LOG_LEVEL: "error" });
  const target = await prepare(system);
  const names = Object.keys(KINDS);
  const serverErrors: object[] = [];
  const silentChanges: object[] = [];
  const statuses: Record<string, number> = {};
  const costs: {
    kind: string;
    request: number;
    asks: number;
    cpuSeconds: number;
    seconds: number;
  }[] = [];
  let before = 0;
  for (let request = 0; request < requests; request++) {
    const kind = names[request % names.length] as string;
    // Models and caches are warm once each kind had its turn.
    if (request === names.length) before = (await readUsage(system.pid)).rssMB;
    const hostile = await (KINDS[kind] as (typeof KINDS)[string])(
      createChance(SEED, request),
      target,
    );
    const [used, started] = [await readUsage(system.pid), performance.now()];
    const answer = await send(system.url, hostile);
    const seconds = (performance.now() - started) / 1000;
    const cpuSeconds = (await readUsage(system.pid)).cpuSeconds - used.cpuSeconds;
    costs.push({ kind, request, asks: hostile.asks ?? 1, cpuSeconds, seconds });
    const status = answer?.status ?? 0;
    statuses[status || "left"] = (statuses[status || "left"] ?? 0) + 1;
    const where = { kind, request, status };
    if (status >= 500 && !DELIBERATE.has(status)) serverErrors.push(where);
    if (answer && (await hostile.isSilentChange?.(answer))) silentChanges.push(where);
  }
  await later(REST * 1000);
  const rssGrowthMB = (await readUsage(system.pid)).rssMB - before;
  costs.sort((a, b) => b.cpuSeconds - a.cpuSeconds);
  await system.stop();
  return {
    requests,
    seed: SEED,
    kinds: names.length,
    statuses,
    serverErrors,
    silentChanges,
    slowest: costs[0],
    overTwoSeconds: costs.filter(({ asks, cpuSeconds }) => cpuSeconds > 2 * asks),
    rssGrowthMB,
  };
}

/** Undefined where the client left before an answer came. */
async function send(
  url: string,
  { path, leavesAfter, method = "GET", headers = {}, body }: HostileRequest,
): Promise<Answer | undefined> {
  const signal = AbortSignal.timeout(leavesAfter ?? 120_000);
  const init = { method, headers, signal, ...(body === undefined ? {} : { body }) };
  try {
    const response = await fetch(`${url}${path}`, init);
    return {
      status: response.status,
      headers: response.headers,
      bytes: new Uint8Array(await response.arrayBuffer()),
    };
  } catch (error) {
    // Headers that no client sends; or gone, as it was to be.
    if (error instanceof TypeError && error.cause === undefined) return undefined;
    if (leavesAfter !== undefined && signal.aborted) return undefined;
    throw error;
  }
}

async function prepare({ url, hyperface }: Awaited<ReturnType<typeof startOne>>): Promise<Target> {
  const { galleries, packings, images, embeddings, jobs } = hyperface;
  const columns = 512;
  const rows = normaliseRows(randomStream(SEED, "rows").gaussian(8 * columns), columns);
  const rowOf = (k: number) => rows.subarray(k * columns, (k + 1) * columns);
  const upload = Array.from({ length: 8 }, (_, k) => [...rowOf(k)]);
  const { id: gallery } = await galleries.create({ source: "upload", embeddings: upload });
  const faces = await galleries.create({ source: "generator", count: 8 });
  await jobs.wait(faces.jobId as string);
  const packing = await packings.create({ near: faces.id, count: 8 });
  await jobs.wait(packing.jobId);
  const face = Buffer.from(await images.get(packing.id, 0, 0));
  const [upright] = (await embeddings.create([face], { faces: "largest" })).images;
  const isLike = (a: ArrayLike<number>, b: ArrayLike<number>) => dot(a, b) > SAME;
  return {
    url,
    ...{ gallery, packing: packing.id, finishedJob: packing.jobId, face, rows, columns },
    async isOtherThanRows(id) {
      const { embeddings: read } = await galleries.embeddings(id);
      return read.length !== 8 || !read.every((row, k) => isLike(row, rowOf(k)));
    },
    isOtherFace({ bytes }) {
      const answer = JSON.parse(Buffer.from(bytes).toString());
      const found: { embedding: number[] }[] = answer.images.flatMap(
        (image: { faces: [] }) => image.faces,
      );
      return !found.every(({ embedding }) => isLike(embedding, upright?.faces[0]?.embedding ?? []));
    },
  };
}
