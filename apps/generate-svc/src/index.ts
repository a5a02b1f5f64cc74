import type { z } from "@hono/zod-openapi";
import type { ServiceLogger } from "@hyperface/service-kit";
import { createGenerateApp } from "./app.ts";
import type { Environment } from "./env.ts";
import { createGenerators } from "./generators/index.ts";

export { DEFAULT_PORT, Environment } from "./env.ts";

export interface GenerateServiceOptions {
  environment: z.infer<typeof Environment>;
  logger: ServiceLogger;
}

/** The whole service on a machine's defaults; `close` ends its inference threads. */
export function createGenerateService({ environment, logger }: GenerateServiceOptions) {
  const generators = createGenerators(environment.HYPERFACE_HOME, {
    device: environment.DEVICE,
    log: logger,
  });
  return { app: createGenerateApp({ logger, generators }), close: generators.close };
}
