import { fileURLToPath } from "node:url";
import type { ResourceLimits } from "node:worker_threads";
import { shuttingDown } from "@hyperface/contracts";
import { Piscina } from "piscina";

export interface TaskThreads {
  /**
   * What the module's function gives of `input`: its default export, or the one of that `name`.
   * @throws HyperFaceError `service-unavailable` where the threads are told to end before it is begun
   */
  run<R>(input: unknown, name?: string): Promise<R>;
  /** Ends with what is begun: a thread that was ended within the runtime would take the process with it. */
  close(): Promise<void>;
}

export interface TaskThreadsOptions {
  /** A module of JavaScript, which may load TypeScript. */
  module: URL;
  /** At most; each is started when it is first needed. */
  count: number;
  /** What the module finds as its worker data. */
  workerData?: unknown;
  resourceLimits?: ResourceLimits;
}

/** How long a thread may take for what it has begun when all is to end, milliseconds. */
const LAST_TASK = 30_000;
const IDLE = 60_000;

/** Heavy work beside the thread that answers requests. */
export function createTaskThreads(options: TaskThreadsOptions): TaskThreads {
  const { module, count, workerData, resourceLimits = {} } = options;
  const threads = new Piscina({
    filename: fileURLToPath(module),
    execArgv: [],
    workerData,
    resourceLimits,
    minThreads: 0,
    maxThreads: count,
    idleTimeout: IDLE,
    closeTimeout: LAST_TASK,
  });
  let closing = false;
  return {
    async run(input, name = "default") {
      if (closing) throw shuttingDown();
      try {
        return await threads.run(input, { name });
      } catch (error) {
        throw closing ? shuttingDown() : error;
      }
    },
    async close() {
      closing = true;
      await threads.close({ force: true });
    },
  };
}
