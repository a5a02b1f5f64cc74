import { fileURLToPath } from "node:url";
import { HyperFaceError } from "@hyperface/contracts";
import { Piscina } from "piscina";
import type { SliceAnswer } from "./answer.ts";
import type { SliceInput, SliceOutput } from "./run.ts";

export interface SliceThreads {
  run(input: SliceInput): Promise<SliceOutput>;
  close(): Promise<void>;
}

/** Slices on threads of their own, so that the server goes on answering; more than `count` wait. */
export function createSliceThreads(count: number): SliceThreads {
  const threads = new Piscina({
    filename: fileURLToPath(new URL("./thread.mjs", import.meta.url)),
    execArgv: [],
    minThreads: 0,
    maxThreads: count,
    idleTimeout: 60_000,
  });
  return {
    async run(input) {
      const answer: SliceAnswer = await threads.run(input);
      if ("output" in answer) return answer.output;
      throw new HyperFaceError(answer.refusal.code, answer.refusal.message);
    },
    close: () => threads.destroy(),
  };
}
