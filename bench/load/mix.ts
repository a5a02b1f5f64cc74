import { setTimeout as later } from "node:timers/promises";
import { scrape } from "../../test/metrics.ts";
import type { System } from "../../test/servers.ts";
import { type Answered, ask } from "../ask.ts";
import { quantile } from "../statistics.ts";

export const CLIENTS = 500;
export const IDENTITIES = 32;
export const SAMPLES = 50;
/** Uncounted: by then buffers for so many clients are there, and most of the images that a gateway keeps. */
const WARM_ANSWERS = 3000;
/** A client that is told to come again later does so, but within the measurement. */
const MOST_PATIENCE = 10;

interface Mixed {
  packing: string;
  job: string;
  photograph: Buffer;
}

/** Images by their URL, embeddings of a photograph and polls of a job, from all clients at once, one after the other each. */
export async function mix(system: System, mixed: Mixed, seconds: number) {
  const idle = await memoryOf(system);
  const kinds = kindsOf(system.url, mixed);
  await askUntil((answered) => answered >= WARM_ANSWERS, kinds);
  const before = await memoryOf(system);
  const end = performance.now() + 1000 * seconds;
  const half = later(500 * seconds).then(() => memoryOf(system));
  const { times, ...counts } = await askUntil(() => performance.now() >= end, kinds);
  const milliseconds = Object.entries(times).map(([kind, all]) => [
    kind,
    { answered: all.length, p50: quantile(all, 0.5), p99: quantile(all, 0.99) },
  ]);
  return {
    ...counts,
    milliseconds: Object.fromEntries(milliseconds),
    memoryMB: { idle, before, half: await half, after: await memoryOf(system) },
  };
}

type Kinds = readonly (readonly [kind: string, asked: () => Promise<Answered>])[];

function kindsOf(url: string, { packing, job, photograph }: Mixed): Kinds {
  let images = 0;
  const image = () => {
    const turn = images++;
    const [identity, sample] = [turn % IDENTITIES, Math.floor(turn / IDENTITIES) % SAMPLES];
    return ask(url, `/v1/packings/${packing}/identities/${identity}/images/${sample}`);
  };
  const headers = { "content-type": "image/png" };
  const embedding = () => ask(url, "/v1/embeddings", { method: "POST", headers, body: photograph });
  const poll = () => ask(url, `/v1/jobs/${job}`);
  return [
    ["image", image],
    ["embedding", embedding],
    ["poll", poll],
  ];
}

async function askUntil(isOver: (answered: number) => boolean, kinds: Kinds) {
  const times: Record<string, number[]> = Object.fromEntries(kinds.map(([kind]) => [kind, []]));
  const counts = { answered: 0, deferred: 0, failed: 0, broken: 0 };
  const client = async (_: unknown, first: number) => {
    for (let i = first; !isOver(counts.answered); i++) {
      const [kind, asked] = kinds[i % kinds.length] as Kinds[number];
      const started = performance.now();
      const answer = await asked().catch(() => undefined);
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
  return { ...counts, times };
}

/** Resident, of all its processes. */
async function memoryOf({ processes }: System): Promise<number> {
  const samples = await scrape(processes);
  const resident = samples.filter(({ name }) => name === "process_resident_memory_bytes");
  return resident.reduce((sum, { value }) => sum + value, 0) / 2 ** 20;
}
