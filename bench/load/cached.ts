import { scrape } from "../../test/metrics.ts";
import { ask } from "../ask.ts";

const CLIENTS = 16;
const SECONDS = 5;
/** Uncounted: the first thousands of requests are half of them Node's compiler. */
const WARM_SECONDS = 10;

/** Answers a second, and what one costs the gateway's process and this one, milliseconds of a core. */
export async function countCached(url: string, path: string, headers: Record<string, string> = {}) {
  await askFor(WARM_SECONDS, url, path, headers);
  const before = { server: await cpuOf(url), client: process.cpuUsage() };
  const answers = await askFor(SECONDS, url, path, headers);
  const { user, system } = process.cpuUsage(before.client);
  return {
    perSecond: answers / SECONDS,
    cpuMilliseconds: ((await cpuOf(url)) - before.server) / answers,
    clientMilliseconds: (user + system) / 1000 / answers,
  };
}

/** How many answers clients that ask again at once come to. */
async function askFor(seconds: number, url: string, path: string, headers: Record<string, string>) {
  const end = performance.now() + 1000 * seconds;
  let answers = 0;
  const client = async () => {
    for (; performance.now() < end; answers++) {
      const { status } = await ask(url, path, { headers });
      if (status !== 200 && status !== 304) throw new Error(`a cached image is ${status}`);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return answers;
}

/** Milliseconds of a core that a process has taken. */
async function cpuOf(url: string): Promise<number> {
  const samples = await scrape([url]);
  const used = samples.find(({ name }) => name === "process_cpu_seconds_total");
  return 1000 * (used?.value ?? Number.NaN);
}
