import { join } from "node:path";
import type { z } from "@hono/zod-openapi";
import type { ServiceLogger } from "@hyperface/service-kit";
import { createFileStore } from "@hyperface/storage";
import { createOptimizerApp } from "./app.ts";
import type { Environment } from "./env.ts";
import { createSolverThreads } from "./threads/threads.ts";

export { DEFAULT_PORT, Environment } from "./env.ts";

export interface OptimizerServiceOptions {
  environment: z.infer<typeof Environment>;
  logger: ServiceLogger;
}

/** The whole service on a machine's defaults; `close` ends its threads. */
export function createOptimizerService({ environment, logger }: OptimizerServiceOptions) {
  const store = createFileStore(join(environment.HYPERFACE_HOME, "objects"));
  const threads = createSolverThreads(environment.SLICE_THREADS);
  return { app: createOptimizerApp({ logger, store, threads }), close: threads.close };
}
