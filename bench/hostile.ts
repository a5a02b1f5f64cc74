import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { endLeftovers } from "../test/leftovers.ts";
import { startOne, temporaryHome } from "../test/servers.ts";
import { createChance } from "./hostile/chance.ts";
import { KINDS } from "./hostile/kinds.ts";
import type { Answer, HostileRequest, Kind } from "./hostile/request.ts";
import { prepareTarget } from "./hostile/target.ts";
import type { BenchmarkOptions } from "./options.ts";
import { AS_DEPLOYED } from "./services.ts";
import { usageOf } from "./usage.ts";

const REQUESTS = 2000;
const SEED = 1;
/** Answers that say that too much is asked of the server, or that its disk is full. */
const DELIBERATE = new Set([503, 507]);
/** What a request may cost, and each further picture that it asks for, seconds of a core. */
const MOST_SECONDS = 2;
const PICTURE_SECONDS = 0.5;
/** Longest that work left behind by a client, or a job that it began, is waited for before the next, seconds. */
const LEFT_SECONDS = 20;
/** Requests between two readings of memory. */
const READING = 100;
/** Before the last reading of memory, seconds. */
const REST = 10;

/**
 * Requests of clients that are careless or mean, by a seeded generator of each kind in turn, to a server in a process
 * of its own: which it answers by a failure of its own, by another status than is right, what one costs it, and what
 * changes data in silence. With a `home`, a run that was cut off goes on there, with a new server.
 */
export async function benchHostile({ requests = REQUESTS, home }: BenchmarkOptions) {
  if (process.platform !== "linux") return { skipped: "what a request costs is read from /proc" };
  try {
    return await measure(requests, home);
  } finally {
    await endLeftovers();
  }
}

interface Cost {
  kind: string;
  request: number;
  asks: number;
  cpuSeconds: number;
  seconds: number;
}

/** What is known so far, of every run in a home. */
interface Progress {
  statuses: Record<string, number>;
  serverErrors: object[];
  wrongAnswers: object[];
  silentChanges: object[];
  sentAgain: object[];
  costs: Cost[];
  /** Memory of each run's server in MB: once each kind had its turn, then by the hundred requests, and at its end. */
  rssMB: number[][];
}

async function measure(requests: number, kept: string | undefined) {
  if (kept) await mkdir(kept, { recursive: true });
  const file = kept && join(kept, "hostile.json");
  const progress = await readProgress(file);
  const { home } = await temporaryHome();
  const system = await startOne(home, { ...AS_DEPLOYED, LOG_LEVEL: "error" });
  const target = await prepareTarget(system, SEED);
  const kinds = Object.entries(KINDS);
  const first = progress.costs.length;
  const rssMB: number[] = [];
  progress.rssMB.push(rssMB);
  const readMemory = async () => rssMB.push(Math.round((await usageOf(system.pid)).residentMB));
  for (let request = first; request < requests; request++) {
    const [kind, make] = kinds[request % kinds.length] as [string, Kind];
    const done = request - first;
    // Models and caches are warm once each kind had its turn.
    if (done >= kinds.length && (done - kinds.length) % READING === 0) {
      await readMemory();
      if (file) await writeFile(file, JSON.stringify(progress));
      console.error(`${request} of ${requests}: ${JSON.stringify(progress.statuses)}`);
    }
    const hostile = await make(createChance(SEED, request), target);
    const [used, started] = [await usageOf(system.pid), performance.now()];
    const answer = await send(system.url, hostile, (cause) =>
      progress.sentAgain.push({ kind, request, cause }),
    );
    const seconds = (performance.now() - started) / 1000;
    const cpuSeconds = (await usageOf(system.pid)).cpuSeconds - used.cpuSeconds;
    progress.costs.push({ kind, request, asks: hostile.asks ?? 1, cpuSeconds, seconds });
    const status = answer?.status ?? "left";
    if (status === "left" || status === 202) await quiet(system.pid);
    progress.statuses[status] = (progress.statuses[status] ?? 0) + 1;
    if (!answer) continue;
    const where = { kind, request, status };
    if (answer.status >= 500 && !DELIBERATE.has(answer.status)) progress.serverErrors.push(where);
    else if (hostile.right?.includes(answer.status) === false) progress.wrongAnswers.push(where);
    else if (await hostile.isSilentChange?.(answer)) progress.silentChanges.push(where);
  }
  await later(REST * 1000);
  await readMemory();
  if (file) await writeFile(file, JSON.stringify(progress));
  await system.stop();
  return { requests, seed: SEED, kinds: kinds.length, ...summarise(progress) };
}

async function readProgress(file: string | undefined): Promise<Progress> {
  const lists = { serverErrors: [], wrongAnswers: [], silentChanges: [], sentAgain: [] };
  const none = { statuses: {}, ...lists, costs: [], rssMB: [] };
  if (!file) return none;
  return readFile(file, "utf8").then(JSON.parse, () => none);
}

function summarise({ costs, rssMB, ...counted }: Progress) {
  const dearest = costs.toSorted((a, b) => b.cpuSeconds - a.cpuSeconds);
  const growth = rssMB.map((readings) => (readings.at(-1) as number) - (readings[0] as number));
  return {
    ...counted,
    allowed: { requestSeconds: MOST_SECONDS, furtherPictureSeconds: PICTURE_SECONDS },
    slowest: dearest[0],
    slowestOfOnePicture: dearest.find(({ asks }) => asks === 1),
    overTwoSeconds: dearest.filter(({ cpuSeconds }) => cpuSeconds > MOST_SECONDS),
    overWhatIsAllowed: dearest.filter(
      ({ asks, cpuSeconds }) => cpuSeconds > MOST_SECONDS + PICTURE_SECONDS * (asks - 1),
    ),
    rssGrowthMB: Math.max(...growth),
    rssMB,
  };
}

/** Until a process has nothing to do, so that its work is not counted as the next request's. */
async function quiet(pid: number): Promise<void> {
  const until = performance.now() + 1000 * LEFT_SECONDS;
  let used = (await usageOf(pid)).cpuSeconds;
  while (performance.now() < until) {
    await later(300);
    const now = (await usageOf(pid)).cpuSeconds;
    if (now - used < 0.03) return;
    used = now;
  }
}

/** Longest that an answer is waited for on a machine that others use too, milliseconds. */
const PATIENCE = 600_000;

/**
 * Undefined where the client left before an answer came. An idle connection that the server gives up as a request goes
 * out is found closed: it is sent once more, and `again` hears why.
 */
async function send(
  url: string,
  request: HostileRequest,
  again: ((cause: string) => void) | undefined,
): Promise<Answer | undefined> {
  const { path, leavesAfter, method = "GET", headers = {}, body } = request;
  const signal = AbortSignal.timeout(leavesAfter ?? PATIENCE);
  const init = { method, headers, signal, ...(body === undefined ? {} : { body }) };
  try {
    const response = await fetch(`${url}${path}`, init);
    return {
      status: response.status,
      headers: response.headers,
      bytes: new Uint8Array(await response.arrayBuffer()),
    };
  } catch (error) {
    if (leavesAfter !== undefined && signal.aborted) return undefined;
    if (!(error instanceof TypeError)) throw error;
    // Headers that no client sends.
    if (error.cause === undefined) return undefined;
    if (!again) throw new Error(`${method} ${path.slice(0, 200)}: ${error.cause}`);
    again(String(error.cause));
    return send(url, request, undefined);
  }
}
