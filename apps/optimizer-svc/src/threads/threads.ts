import { setMaxListeners } from "node:events";
import {
  type ComparisonSliceRequest,
  type ComparisonSliceResponse,
  HyperFaceError,
  type NearestRequest,
  type NearestResponse,
  type PackingSliceRequest,
  type PackingSliceResponse,
  type Separation,
  type SeparationRequest,
  shuttingDown,
} from "@hyperface/contracts";
import { createTaskThreads, createWorkQueue, type WorkQueueOptions } from "@hyperface/inference";
import type { openStore } from "@hyperface/storage";
import type { Neighbours } from "@hyperface/vectors";
import type { Answer, SliceTask } from "./tasks.ts";

export interface SolverThreads {
  /** @param signal ends the slice with its step */
  advanceSlice(request: PackingSliceRequest, signal?: AbortSignal): Promise<PackingSliceResponse>;
  /** @param signal ends the slice with its tile */
  advanceComparison(
    request: ComparisonSliceRequest,
    signal?: AbortSignal,
  ): Promise<ComparisonSliceResponse>;
  /** @param set a stored set's key */
  seekNeighbours(set: string, signal?: AbortSignal): Promise<Neighbours>;
  findNearest(request: NearestRequest, signal?: AbortSignal): Promise<NearestResponse>;
  separate(request: SeparationRequest, signal?: AbortSignal): Promise<Separation>;
  /** Slices end with their steps. */
  close(): Promise<void>;
}

/** What a slice takes, seconds, until it is known better. */
const ITEM_SECONDS = 2;

/** Heavy work on threads of its own, so that the server goes on answering; more than `count` wait in turns. */
export function createSolverThreads(
  count: number,
  store: Parameters<typeof openStore>[0],
  queue: Pick<WorkQueueOptions, "capacity" | "maxWait"> = {},
): SolverThreads {
  const inTurn = createWorkQueue({
    name: "slices",
    parallel: count,
    itemSeconds: ITEM_SECONDS,
    ...queue,
  });
  const module = new URL("./thread.mjs", import.meta.url);
  const threads = createTaskThreads({ module, count, workerData: store });
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  async function run<R>(
    name: "advanceSlice" | "advanceComparison" | "seekNeighbours" | "findNearest" | "separate",
    input: unknown,
    signal?: AbortSignal,
  ): Promise<R> {
    const start = (): Promise<Answer<R>> => threads.run(input, name);
    const answer = await inTurn(start, { client: {}, signal });
    if ("output" in answer) return answer.output;
    // What was told to end says why it was, to whoever is still there to hear it.
    signal?.throwIfAborted();
    throw new HyperFaceError(answer.refusal.code, answer.refusal.message);
  }
  async function runSlice<Request, R>(
    name: "advanceSlice" | "advanceComparison",
    request: Request,
    leaving?: AbortSignal,
  ): Promise<R> {
    const signal = leaving ? AbortSignal.any([leaving, closing.signal]) : closing.signal;
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const end = () => Atomics.store(stop, 0, 1);
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true });
    try {
      return await run(name, { request, stop } satisfies SliceTask<Request>, signal);
    } finally {
      signal.removeEventListener("abort", end);
    }
  }
  return {
    advanceSlice: (request, signal) => runSlice("advanceSlice", request, signal),
    advanceComparison: (request, signal) => runSlice("advanceComparison", request, signal),
    seekNeighbours: (set, signal) => run("seekNeighbours", set, signal),
    findNearest: (request, signal) => run("findNearest", request, signal),
    separate: (request, signal) => run("separate", request, signal),
    async close() {
      closing.abort(shuttingDown());
      await threads.close();
    },
  };
}
