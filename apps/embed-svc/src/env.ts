import { z } from "@hono/zod-openapi";
import { CommonEnvironment } from "@hyperface/service-kit";

export const Environment = CommonEnvironment.extend({
  /** Most faces in one batch of the embedder, and how long the first waits for more. */
  EMBED_BATCH_SIZE: z.coerce.number().int().min(1).max(256).default(8),
  EMBED_BATCH_DELAY_MS: z.coerce.number().min(0).max(1000).default(2),
  /** Most images that wait, of all requests together: two of the largest requests. */
  EMBED_QUEUE: z.coerce.number().int().min(256).max(65_536).default(512),
  MAX_IMAGE_MIB: z.coerce.number().positive().max(64).default(20),
  MAX_MEGAPIXELS: z.coerce.number().positive().max(268).default(64),
  /** Of all images of one request together. */
  MAX_REQUEST_MEGAPIXELS: z.coerce.number().positive().max(4096).default(256),
});
export const DEFAULT_PORT = 8081;
