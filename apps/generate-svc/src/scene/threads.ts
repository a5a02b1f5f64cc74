import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { GroundKind } from "@hyperface/contracts";
import { THREAD_LIMITS } from "@hyperface/inference";
import { Piscina } from "piscina";
import type { SampleKey } from "../noise.ts";
import type { Portrait } from "./compose.ts";

export interface ScenePainters {
  /** As composePortrait, beside the thread that answers requests. */
  compose(portrait: Portrait, kind: GroundKind, key: SampleKey): Promise<Uint8Array>;
  close(): Promise<void>;
}

export function createScenePainters(): ScenePainters {
  const threads = new Piscina({
    filename: fileURLToPath(new URL("./thread.mjs", import.meta.url)),
    execArgv: [],
    resourceLimits: THREAD_LIMITS,
    minThreads: 0,
    maxThreads: availableParallelism(),
    idleTimeout: 60_000,
  });
  return {
    compose: (...task) => threads.run(task),
    close: () => threads.destroy(),
  };
}
