import { fileURLToPath } from "node:url";
import { HyperFaceError } from "@hyperface/contracts";
import { createWorkQueue, type WorkQueueOptions } from "@hyperface/inference";
import type { Neighbours } from "@hyperface/vectors";
import { Piscina } from "piscina";
import type { SliceInput, SliceOutput } from "../slices/run.ts";
import type { Answer } from "./tasks.ts";

export interface SolverThreads {
  /** @param signal ends the slice with its step */
  runSlice(input: SliceInput, signal?: AbortSignal): Promise<SliceOutput>;
  /** @param set a stored set's bytes */
  seekNeighbours(set: Uint8Array, signal?: AbortSignal): Promise<Neighbours>;
  close(): Promise<void>;
}

/** What a slice takes, seconds, until it is known better. */
const ITEM_SECONDS = 2;

/** Heavy work on threads of its own, so that the server goes on answering; more than `count` wait in turns. */
export function createSolverThreads(
  count: number,
  queue: Pick<WorkQueueOptions, "capacity" | "maxWait"> = {},
): SolverThreads {
  const inTurn = createWorkQueue({ parallel: count, itemSeconds: ITEM_SECONDS, ...queue });
  const threads = new Piscina({
    filename: fileURLToPath(new URL("./thread.mjs", import.meta.url)),
    execArgv: [],
    minThreads: 0,
    maxThreads: count,
    idleTimeout: 60_000,
  });
  async function run<R>(
    name: "runSlice" | "seekNeighbours",
    input: unknown,
    signal?: AbortSignal,
  ): Promise<R> {
    const start = (): Promise<Answer<R>> => threads.run(input, { name });
    const answer = await inTurn(start, { client: {}, signal });
    if ("output" in answer) return answer.output;
    throw new HyperFaceError(answer.refusal.code, answer.refusal.message);
  }
  return {
    async runSlice(input, signal) {
      const stop = new Int32Array(new SharedArrayBuffer(4));
      const end = () => Atomics.store(stop, 0, 1);
      if (signal?.aborted) end();
      signal?.addEventListener("abort", end, { once: true });
      try {
        return await run("runSlice", { ...input, stop }, signal);
      } finally {
        signal?.removeEventListener("abort", end);
      }
    },
    seekNeighbours: (set, signal) => run("seekNeighbours", set, signal),
    close: () => threads.destroy(),
  };
}
