import type { z } from "@hono/zod-openapi";
import { guardByToken, type ServiceLogger } from "@hyperface/service-kit";
import { createEmbedApp } from "./app.ts";
import type { Environment } from "./env.ts";
import { createPipeline } from "./pipeline/index.ts";

export { DEFAULT_PORT, Environment } from "./env.ts";

export interface EmbedServiceOptions {
  environment: z.infer<typeof Environment>;
  logger: ServiceLogger;
}

/** The whole service on a machine's defaults; `close` ends its inference threads. */
export function createEmbedService({ environment, logger }: EmbedServiceOptions) {
  const pipeline = createPipeline({
    home: environment.HYPERFACE_HOME,
    device: environment.DEVICE,
    modelsDir: environment.MODELS_DIR,
    idleSeconds: environment.MODEL_IDLE_SECONDS,
    log: logger,
    batching: { size: environment.EMBED_BATCH_SIZE, delay: environment.EMBED_BATCH_DELAY_MS },
    queue: { capacity: environment.EMBED_QUEUE, maxWait: environment.EMBED_WAIT_SECONDS },
    limits: {
      maxBytes: environment.MAX_IMAGE_MIB * 2 ** 20,
      maxPixels: environment.MAX_MEGAPIXELS * 1e6,
      maxRequestPixels: environment.MAX_REQUEST_MEGAPIXELS * 1e6,
    },
  });
  return {
    app: createEmbedApp({ logger, guard: guardByToken(environment.SERVICE_TOKEN), pipeline }),
    close: pipeline.close,
  };
}
