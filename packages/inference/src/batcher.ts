export interface BatcherOptions {
  /** Most items in one batch. */
  size: number;
  /** How long the first item waits for company, in milliseconds. */
  delay: number;
  /** Batches under way at once. */
  parallel?: number;
}

/**
 * Collects items of concurrent calls into batches, begun in the order they came.
 * Where a batch fails its items are run alone, so that one bad item fails only itself.
 */
export function createBatcher<T, R>(
  run: (items: T[]) => Promise<R[]>,
  { size, delay, parallel = 1 }: BatcherOptions,
): (item: T) => Promise<R> {
  interface Waiting {
    item: T;
    resolve: (result: R) => void;
    reject: (error: unknown) => void;
  }
  const queue: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  let running = 0;

  const settleAlone = async (waiting: Waiting) => {
    try {
      const [result] = await run([waiting.item]);
      waiting.resolve(result as R);
    } catch (error) {
      waiting.reject(error);
    }
  };
  const settle = async (batch: Waiting[]) => {
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
  const drain = async () => {
    clearTimeout(timer);
    timer = undefined;
    if (running >= parallel) return;
    running += 1;
    while (queue.length > 0) await settle(queue.splice(0, size));
    running -= 1;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      if (queue.length >= size) void drain();
      else timer ??= setTimeout(drain, delay);
    });
}
