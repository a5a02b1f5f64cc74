import { Worker } from "node:worker_threads";

/** A worker thread that runs a TypeScript module, whatever its process was started with. */
export const startWorker = (module: URL, data: object = {}): Worker =>
  new Worker(new URL("./thread.mjs", import.meta.url), {
    workerData: { ...data, module: module.href },
    execArgv: [],
  });
