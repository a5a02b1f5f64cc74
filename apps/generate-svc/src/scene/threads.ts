import { availableParallelism } from "node:os";
import { createThreadPool } from "@hyperface/inference";
import type { composePortrait } from "./compose.ts";
import type { createTasks } from "./tasks.ts";

export interface ScenePainters {
  /** As composePortrait, beside the thread that answers requests. */
  compose(...task: Parameters<typeof composePortrait>): Promise<Uint8Array>;
  close(): Promise<void>;
}

export function createScenePainters(): ScenePainters {
  const threads = createThreadPool<ReturnType<typeof createTasks>>(
    new URL("./tasks.ts", import.meta.url),
    { threads: availableParallelism() },
  );
  return { compose: (...task) => threads.run("compose", task), close: threads.close };
}
