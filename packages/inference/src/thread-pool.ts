import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";

// biome-ignore lint/suspicious/noExplicitAny: what a task takes and gives is its module's to say.
type Tasks = Record<string, (input: any) => unknown>;

export interface ThreadPool<T extends Tasks> {
  /** Runs a task on a thread that is free, or when one is. */
  run<N extends keyof T & string>(
    name: N,
    input: Parameters<T[N]>[0],
  ): Promise<Awaited<ReturnType<T[N]>>>;
  /** Ends when the tasks that have begun do. */
  close(): Promise<void>;
}

export interface ThreadPoolOptions {
  /** Most threads at once; one that was idle for a minute is ended. */
  threads: number;
  /** What every thread is given, as structured clones copy it. */
  data?: unknown;
  /** How long tasks under way have to end at a close, milliseconds; not at all where it is not given. */
  closeTimeout?: number;
}

/**
 * Heavy work on threads of its own, so that the server goes on answering.
 * @param module exports `createTasks(data)`: what its threads can do, by name
 */
export function createThreadPool<T extends Tasks>(
  module: URL,
  { threads, data, closeTimeout }: ThreadPoolOptions,
): ThreadPool<T> {
  const pool = new Piscina({
    filename: fileURLToPath(new URL("./thread-pool.mjs", import.meta.url)),
    execArgv: [],
    workerData: { module: module.href, data },
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 60_000,
    ...(closeTimeout === undefined ? {} : { closeTimeout }),
  });
  return {
    run: (name, input) => pool.run({ name, input }),
    close: () => (closeTimeout === undefined ? pool.destroy() : pool.close()),
  };
}
