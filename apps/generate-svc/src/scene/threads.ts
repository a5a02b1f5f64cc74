import { availableParallelism } from "node:os";
import type { GroundKind } from "@hyperface/contracts";
import { createTaskThreads, THREAD_LIMITS } from "@hyperface/inference";
import type { SampleKey } from "../noise.ts";
import type { Portrait } from "./compose.ts";

export interface ScenePainters {
  /** As composePortrait, beside the thread that answers requests. */
  compose(portrait: Portrait, kind: GroundKind, key: SampleKey): Promise<Uint8Array>;
  close(): Promise<void>;
}

export function createScenePainters(): ScenePainters {
  const module = new URL("./thread.mjs", import.meta.url);
  const threads = createTaskThreads({
    module,
    count: availableParallelism(),
    resourceLimits: THREAD_LIMITS,
  });
  return {
    compose: (...task) => threads.run(task),
    close: threads.close,
  };
}
