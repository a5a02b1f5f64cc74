import { HyperFaceError } from "@hyperface/contracts";
import { measureQueue } from "./metrics.ts";

export interface BatcherOptions {
  /** What metrics call it; without a name it is in none. */
  name?: string;
  /** Most items in one batch. */
  size: number;
  /** How long the first item waits for company, in milliseconds. */
  delay: number;
  /** Batches under way at once. */
  parallel?: number;
  /** Most items that wait; one more is refused. */
  capacity?: number;
  /** Longest that an item may have to wait for those of others, seconds, as far as can be foreseen. */
  maxWait?: number;
  /** What an item takes, seconds, before any was seen to. */
  itemSeconds?: number;
}

/** Weight of the newest batch in the moving mean of what an item takes. */
const NEWEST = 0.1;

/** Longest that one who was refused is told to wait, seconds: others may leave. */
const MOST_RETRY_SECONDS = 60;

/** Whose an item is, and until when it is wanted. */
export interface Claim {
  /** Items of different clients take turns; any value that is the client's own. */
  client?: unknown;
  /** An item that still waits when this aborts is never begun. */
  signal?: AbortSignal | undefined;
}

interface Waiting<T, R> {
  item: T;
  resolve: (result: R) => void;
  reject: (error: unknown) => void;
}

/**
 * Collects items of concurrent calls into batches: the clients' in turns, each client's in the order
 * they came. Where a batch fails its items are run alone, so that one bad item fails only itself.
 * The call rejects with HyperFaceError `overloaded` where `capacity` items wait or its turn would not come
 * within `maxWait`, and with the signal's reason where that aborts before the item is begun.
 */
export function createBatcher<T, R>(
  run: (items: T[]) => Promise<R[]>,
  {
    name,
    size,
    delay,
    parallel = 1,
    capacity = Number.POSITIVE_INFINITY,
    maxWait = Number.POSITIVE_INFINITY,
    itemSeconds = 0,
  }: BatcherOptions,
): (item: T, claim?: Claim) => Promise<R> {
  let pace = itemSeconds;
  const metrics = measureQueue(name);
  const queue = createFairQueue<Waiting<T, R>>();
  let timer: NodeJS.Timeout | undefined;
  let running = 0;

  const settleAlone = async ({ item, resolve, reject }: Waiting<T, R>) => {
    try {
      const [result] = await run([item]);
      resolve(result as R);
    } catch (error) {
      reject(error);
    }
  };
  const settle = async (batch: Waiting<T, R>[]) => {
    try {
      const results = await run(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, i) => {
        resolve(results[i] as R);
      });
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const waiting of batch) await settleAlone(waiting);
    }
  };
  const work = async () => {
    running += 1;
    while (queue.length > 0) {
      // What waits is shared among those who work and could.
      const share = Math.ceil(queue.length / (parallel - running + 1));
      const batch = queue.take(Math.min(size, share));
      metrics.waiting(queue.length);
      metrics.batch(batch.length);
      const started = performance.now();
      await settle(batch);
      const each = (performance.now() - started) / 1000 / batch.length;
      pace += NEWEST * (each - pace);
    }
    running -= 1;
  };
  const drain = () => {
    clearTimeout(timer);
    timer = undefined;
    while (running < parallel && queue.length > 0) void work();
  };

  return (item, { client, signal } = {}) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const wait = (queue.ahead(client) * pace) / parallel;
      if (queue.length >= capacity || wait > maxWait) {
        const detail = `${queue.length} items wait already: try again, or send fewer at a time`;
        const retryAfter = Math.min(MOST_RETRY_SECONDS, (queue.length * pace) / parallel);
        return reject(new HyperFaceError("overloaded", detail, { retryAfter }));
      }
      const arrived = performance.now();
      const leave = () => {
        if (!queue.remove(waiting, client)) return;
        metrics.waiting(queue.length);
        reject(signal?.reason);
      };
      const waiting: Waiting<T, R> = {
        item,
        resolve: (result) => {
          signal?.removeEventListener("abort", leave);
          metrics.item((performance.now() - arrived) / 1000);
          resolve(result);
        },
        reject: (error) => {
          signal?.removeEventListener("abort", leave);
          reject(error);
        },
      };
      signal?.addEventListener("abort", leave, { once: true });
      queue.push(waiting, client);
      metrics.waiting(queue.length);
      if (queue.length >= size) drain();
      else timer ??= setTimeout(drain, delay);
    });
}

export type WorkQueueOptions = Omit<BatcherOptions, "size" | "delay">;

/** Work of any kind, `parallel` at a time, the clients' in turns; otherwise as {@link createBatcher}. */
export function createWorkQueue(options: WorkQueueOptions) {
  const start = createBatcher(
    ([work]: (() => Promise<unknown>)[]) => Promise.all(work ? [work()] : []),
    { ...options, size: 1, delay: 0 },
  );
  return <R>(work: () => Promise<R>, claim?: Claim) => start(work, claim) as Promise<R>;
}

/** First in, first out among one client's items; the clients take turns. */
function createFairQueue<W>() {
  // A map keeps the order of insertion: the first lane is the one whose turn it is.
  const lanes = new Map<unknown, W[]>();
  let length = 0;
  const takeOne = (): W => {
    const [client, lane] = lanes.entries().next().value as [unknown, W[]];
    const item = lane.shift() as W;
    lanes.delete(client);
    if (lane.length > 0) lanes.set(client, lane);
    length -= 1;
    return item;
  };
  return {
    get length() {
      return length;
    },
    push(item: W, client: unknown) {
      const lane = lanes.get(client);
      if (lane) lane.push(item);
      else lanes.set(client, [item]);
      length += 1;
    },
    /** Items of others that come before a client's next one. */
    ahead(client: unknown): number {
      const turns = (lanes.get(client)?.length ?? 0) + 1;
      let before = 0;
      for (const [other, lane] of lanes) {
        if (other !== client) before += Math.min(turns, lane.length);
      }
      return before;
    },
    take: (count: number): W[] => Array.from({ length: Math.min(count, length) }, takeOne),
    /** Whether it was there. */
    remove(item: W, client: unknown): boolean {
      const lane = lanes.get(client) ?? [];
      const at = lane.indexOf(item);
      if (at < 0) return false;
      lane.splice(at, 1);
      if (lane.length === 0) lanes.delete(client);
      length -= 1;
      return true;
    },
  };
}
