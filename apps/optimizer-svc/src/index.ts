import type { z } from "@hono/zod-openapi";
import { guardByToken, type ServiceLogger } from "@hyperface/service-kit";
import { createOptimizerApp } from "./app.ts";
import type { Environment } from "./env.ts";
import { createSolverThreads } from "./threads/threads.ts";

export { DEFAULT_PORT, Environment } from "./env.ts";

export interface OptimizerServiceOptions {
  environment: z.infer<typeof Environment>;
  logger: ServiceLogger;
}

/** The whole service on a machine's defaults; `close` ends its threads. */
export async function createOptimizerService({ environment, logger }: OptimizerServiceOptions) {
  const store = { home: environment.HYPERFACE_HOME, url: environment.STORE_URL };
  const threads = createSolverThreads(environment.SLICE_THREADS, store, {
    capacity: environment.SLICE_QUEUE,
    maxWait: environment.SLICE_WAIT_SECONDS,
  });
  return {
    app: createOptimizerApp({ logger, guard: guardByToken(environment.SERVICE_TOKEN), threads }),
    close: threads.close,
  };
}
