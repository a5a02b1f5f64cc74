import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import { memoiseLoads, shuttingDown } from "@hyperface/contracts";
import { chooseProvider, type Device } from "./device.ts";
import { measureLoad } from "./metrics.ts";
import type { ModelSource, Session, SessionOptions, TensorValue } from "./session.ts";
import { startWorker } from "./thread.ts";
import type { Answer, Task } from "./worker.ts";

export interface InferencePool {
  /**
   * Loads a model into a thread now and into the others when they first need it. On the pool's device, or on the
   * CPU where the device cannot load this one.
   */
  createSession(model: ModelSource, options?: PoolSessionOptions): Promise<Session>;
  /**
   * Waits for what a thread has begun and refuses the rest, with HyperFaceError `service-unavailable`. A
   * thread that was ended within the runtime would take the process with it.
   */
  close(): Promise<void>;
}

export type PoolSessionOptions = Pick<SessionOptions, "intraOpNumThreads">;

export interface InferencePoolOptions {
  /** At most; a GPU has one, which feeds it. */
  threads?: number | undefined;
  device?: Device | undefined;
  log?: InferenceLog | undefined;
}

/** Where it is said what models run on, and why. */
export interface InferenceLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** How long a thread may take to finish what it has begun, milliseconds. */
const LAST_RUN = 30_000;

type TaskWithoutId = Task extends infer T ? (T extends Task ? Omit<T, "id"> : never) : never;

interface Thread {
  worker: Worker;
  /** Tasks given to it, from the moment it was chosen: a burst in one tick spreads over all threads. */
  load: number;
  pending: Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>;
}

/**
 * Sessions on worker threads. onnxruntime-node computes on the thread that calls it, so on the main one
 * a model would stop the server from answering, and one core would do all the work.
 */
export function createInferencePool({
  threads = availableParallelism(),
  device = "cpu",
  log,
}: InferencePoolOptions = {}): InferencePool {
  const slots: (Thread | undefined)[] = Array.from({ length: Math.max(1, threads) });
  const closing = new Int32Array(new SharedArrayBuffer(4));
  const isClosing = () => Atomics.load(closing, 0) === 1;
  let lastId = 0;
  /** Chosen when the first model is loaded. */
  const provider = memoiseLoads(() => choose(device, log));
  /** Threads that work: one where they would only share a GPU. */
  let working = slots.length;

  /** Runs `task` on the thread with the least to do, started where it is not there (yet, or any more). */
  const onThread = async <T>(task: (slot: Thread) => Promise<T>): Promise<T> => {
    if (isClosing()) throw shuttingDown();
    const load = (slot: Thread | undefined) => slot?.load ?? 0;
    const least = slots
      .slice(0, working)
      .reduce((best, slot, i) => (load(slot) < load(slots[best]) ? i : best), 0);
    const slot = slots[least] ?? startThread(closing, () => (slots[least] = undefined));
    slots[least] = slot;
    slot.load += 1;
    try {
      return await task(slot);
    } catch (error) {
      throw isClosing() ? shuttingDown() : error;
    } finally {
      slot.load -= 1;
    }
  };
  const ask = (slot: Thread, task: TaskWithoutId) =>
    new Promise<Answer>((resolve, reject) => {
      lastId += 1;
      slot.pending.set(lastId, { resolve, reject });
      slot.worker.postMessage({ ...task, id: lastId });
    });

  return {
    async createSession(model, options = {}) {
      const first = await provider();
      if (first !== "cpu") working = 1;
      const providers = first === "cpu" ? ["cpu"] : [first, "cpu"];
      lastId += 1;
      const session = lastId;
      const load = memoiseLoads((slot: Thread) =>
        ask(slot, { kind: "load", session, model, options: { ...options, providers } }),
      );
      const started = performance.now();
      const { description, warnings = [] } = await onThread(load);
      measureLoad(description?.provider ?? first, (performance.now() - started) / 1000);
      for (const warning of warnings) log?.warn({ provider: description?.provider }, warning);
      return {
        ...(description as Omit<Session, "run" | "release">),
        run: (feeds) =>
          onThread(async (slot) => {
            await load(slot);
            const { results } = await ask(slot, { kind: "run", session, feeds });
            return results as Record<string, TensorValue>;
          }),
        async release() {
          // Closing frees all.
          if (isClosing()) return;
          await Promise.all(slots.map((slot) => slot && ask(slot, { kind: "release", session })));
        },
      };
    },
    async close() {
      Atomics.store(closing, 0, 1);
      await Promise.all(slots.map((slot) => slot && endThread(slot)));
    },
  };
}

async function choose(device: Device, log?: InferenceLog): Promise<string> {
  const { provider, passedOver } = await chooseProvider(device);
  const wanted = device !== "auto" && provider !== device;
  const say = wanted ? log?.warn : log?.info;
  say?.call(log, { device, provider, passedOver }, `models run on ${provider}`);
  return provider;
}

async function endThread({ worker }: Thread): Promise<void> {
  const ended = new Promise((resolve) => worker.once("exit", resolve));
  worker.postMessage({ id: 0, kind: "close" } satisfies Task);
  const late = setTimeout(() => worker.terminate(), LAST_RUN);
  await ended;
  clearTimeout(late);
}

function startThread(closing: Int32Array<SharedArrayBuffer>, gone: () => void): Thread {
  const worker = startWorker(new URL("./worker.ts", import.meta.url), { closing: closing.buffer });
  worker.unref();
  const pending: Thread["pending"] = new Map();
  worker.on("message", (answer: Answer) => {
    const waiting = pending.get(answer.id);
    pending.delete(answer.id);
    if (answer.error === undefined) waiting?.resolve(answer);
    else waiting?.reject(new Error(answer.error));
  });
  const fail = (error: Error) => {
    gone();
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  };
  worker.on("error", fail);
  worker.on("exit", (code) => fail(new Error(`the inference thread ended (${code})`)));
  return { worker, load: 0, pending };
}
