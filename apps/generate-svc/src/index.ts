import { availableParallelism } from "node:os";
import type { z } from "@hono/zod-openapi";
import { createTurns } from "@hyperface/inference";
import { guardByToken, type ServiceLogger } from "@hyperface/service-kit";
import { createGenerateApp } from "./app.ts";
import type { Environment } from "./env.ts";
import { createGenerators } from "./generators/index.ts";

export { DEFAULT_PORT, Environment } from "./env.ts";

/** An image beside others, until it is known better. */
const ITEM_SECONDS = 0.2;

export interface GenerateServiceOptions {
  environment: z.infer<typeof Environment>;
  logger: ServiceLogger;
}

/** The whole service on a machine's defaults; `close` ends its inference threads. */
export function createGenerateService({ environment, logger }: GenerateServiceOptions) {
  const generators = createGenerators({
    home: environment.HYPERFACE_HOME,
    device: environment.DEVICE,
    modelsDir: environment.MODELS_DIR,
    idleSeconds: environment.MODEL_IDLE_SECONDS,
    batching: { size: environment.GENERATE_BATCH_SIZE, delay: environment.GENERATE_BATCH_DELAY_MS },
    log: logger,
  });
  const enter = createTurns({
    name: "images",
    // Drawing, composing and encoding of different images overlap; and a batch can fill.
    parallel: Math.max(2 * availableParallelism(), environment.GENERATE_BATCH_SIZE),
    capacity: environment.GENERATE_QUEUE,
    maxWait: environment.GENERATE_WAIT_SECONDS,
    itemSeconds: ITEM_SECONDS,
  });
  return {
    app: createGenerateApp({
      logger,
      guard: guardByToken(environment.SERVICE_TOKEN),
      generators,
      enter,
    }),
    close: generators.close,
  };
}
