import { Worker } from "node:worker_threads";

/**
 * What a thread that computes on typed arrays may keep of short-lived objects, MB: typed arrays lie elsewhere, and V8
 * would let 48 MB of the rest gather before it looks.
 */
export const THREAD_LIMITS = { maxYoungGenerationSizeMb: 4 };

/** A worker thread that runs a TypeScript module, whatever its process was started with. */
export const startWorker = (module: URL, data: object = {}): Worker =>
  new Worker(new URL("./thread.mjs", import.meta.url), {
    workerData: { ...data, module: module.href },
    execArgv: [],
    resourceLimits: THREAD_LIMITS,
  });
