import { loadavg } from "node:os";
import { setTimeout as later } from "node:timers/promises";
import { MESSAGE } from "@hyperface/contracts";
import { encodeMessage } from "@hyperface/formats";
import { endLeftovers } from "../test/leftovers.ts";
import { scrape } from "../test/metrics.ts";
import { type System, startFour, startOne, temporaryHome } from "../test/servers.ts";
import { type Answered, ask } from "./ask.ts";
import { generateGallery, pack } from "./packings.ts";
import { quantile } from "./statistics.ts";

const CLIENTS = 500;
const SECONDS = 120;
const IDENTITIES = 32;
const SAMPLES = 50;
/** Among the four processes. */
const GENERATE = 3;
/** Images one after the other, for the gateway's own share. */
const SINGLES = 60;
const CACHED_SECONDS = 5;
const CACHED_CLIENTS = 16;
/** A client that is told to come again later does so, but within the measurement. */
const MOST_PATIENCE = 10;

/**
 * Clients that mix GETs of images, embeddings and polls of a job, on all services in one process and on four; an image
 * that is asked for again; and what the gateway adds to a call of a service.
 */
export async function benchLoad() {
  const loadBefore = loadavg()[0];
  const figures = { one: await measure(startOne), four: await measure(startFour) };
  return { clients: CLIENTS, seconds: SECONDS, ...figures, loadBefore };
}

async function measure(start: (home: string) => Promise<System>) {
  const place = await temporaryHome();
  try {
    const system = await start(place.home);
    const { hyperface } = system;
    const near = await generateGallery(hyperface, 2 * IDENTITIES, 1);
    const packing = await pack(hyperface, { near, count: IDENTITIES, iterations: 100 });
    const { jobId: job } = await hyperface.packings.get(packing);
    const image = `/v1/packings/${packing}/identities/0/images/0`;
    const photograph = (await ask(system.url, image)).body;
    return {
      cached: await countCached(system, image, {}),
      notModified: await countCached(system, image, {
        "if-none-match": `${(await ask(system.url, image)).etag}`,
      }),
      gatewayMilliseconds: await overhead(system, packing),
      ...(await mix(system, { packing, job, photograph })),
    };
  } finally {
    await endLeftovers();
  }
}

/** Answers a second, and what one costs the gateway's process, milliseconds of a core. */
async function countCached({ url }: System, path: string, headers: Record<string, string>) {
  const before = await cpuSecondsOf(url);
  const end = performance.now() + 1000 * CACHED_SECONDS;
  let answers = 0;
  await Promise.all(
    Array.from({ length: CACHED_CLIENTS }, async () => {
      for (; performance.now() < end; answers++) {
        const { status } = await ask(url, path, { headers });
        if (status !== 200 && status !== 304) throw new Error(`a cached image is ${status}`);
      }
    }),
  );
  const cpuMilliseconds = (1000 * ((await cpuSecondsOf(url)) - before)) / answers;
  return { perSecond: answers / CACHED_SECONDS, cpuMilliseconds };
}

async function cpuSecondsOf(url: string): Promise<number> {
  const samples = await scrape([url]);
  return samples.find(({ name }) => name === "process_cpu_seconds_total")?.value ?? Number.NaN;
}

/**
 * What the gateway adds to an image, median: by its URL, and by the call that the gateway makes for it. Null where both are
 * one process.
 */
async function overhead({ url, processes, hyperface }: System, packing: string) {
  const generate = processes[GENERATE];
  if (!generate) return null;
  const [reference] = (await hyperface.packings.embeddings(packing)).embeddings;
  const embedding = Float32Array.from(reference as number[]);
  const times: Record<"through" | "direct", number[]> = { through: [], direct: [] };
  const timed = async (kind: keyof typeof times, asked: () => Promise<Answered>) => {
    const started = performance.now();
    const { status } = await asked();
    if (status !== 200) throw new Error(`an image is ${status}`);
    times[kind].push(performance.now() - started);
  };
  const headers = { "content-type": MESSAGE };
  for (let i = 0; i < SINGLES; i++) {
    const sample = SAMPLES + i;
    const path = `/v1/packings/${packing}/identities/0/images/${sample}`;
    await timed("through", () => ask(url, path));
    const body = Buffer.from(encodeMessage({ items: [{ embedding, identity: 0, sample }] }));
    await timed("direct", () => ask(generate, "/v1/images", { method: "POST", headers, body }));
  }
  const [through, direct] = [quantile(times.through, 0.5), quantile(times.direct, 0.5)];
  return { p50: through - direct, through, direct };
}

interface Mixed {
  packing: string;
  job: string;
  photograph: Buffer;
}

async function mix(system: System, { packing, job, photograph }: Mixed) {
  const { url } = system;
  const before = await memoryOf(system);
  const end = performance.now() + 1000 * SECONDS;
  const times: Record<string, number[]> = { image: [], embedding: [], poll: [] };
  const counts = { answered: 0, deferred: 0, failed: 0, broken: 0 };
  const kinds: ((turn: number) => [string, Promise<Answered>])[] = [
    (turn) => {
      const [identity, sample] = [turn % IDENTITIES, Math.floor(turn / IDENTITIES) % SAMPLES];
      const path = `/v1/packings/${packing}/identities/${identity}/images/${sample}`;
      return ["image", ask(url, path)];
    },
    () => {
      const headers = { "content-type": "image/png" };
      return [
        "embedding",
        ask(url, "/v1/embeddings", { method: "POST", headers, body: photograph }),
      ];
    },
    () => ["poll", ask(url, `/v1/jobs/${job}`)],
  ];
  let turns = 0;
  const client = async (_: unknown, first: number) => {
    for (let i = first; performance.now() < end; i++) {
      const started = performance.now();
      const [kind, asked] = (kinds[i % kinds.length] as (typeof kinds)[0])(turns++);
      const answer = await asked.catch(() => undefined);
      if (!answer) counts.broken++;
      else if (answer.status === 503 && answer.retryAfter > 0) {
        counts.deferred++;
        await later(1000 * Math.min(answer.retryAfter, MOST_PATIENCE));
      } else if (answer.status >= 500) counts.failed++;
      else {
        counts.answered++;
        times[kind]?.push(performance.now() - started);
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const milliseconds = (all: number[]) => ({
    answered: all.length,
    p50: quantile(all, 0.5),
    p99: quantile(all, 0.99),
  });
  return {
    ...counts,
    milliseconds: Object.fromEntries(
      Object.entries(times).map(([kind, all]) => [kind, milliseconds(all)]),
    ),
    memoryMB: { before, after: await memoryOf(system) },
  };
}

/** Of all its processes. */
async function memoryOf({ processes }: System): Promise<number> {
  const samples = await scrape(processes);
  const resident = samples.filter(({ name }) => name === "process_resident_memory_bytes");
  return resident.reduce((sum, { value }) => sum + value, 0) / 2 ** 20;
}
