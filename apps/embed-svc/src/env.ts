import { z } from "@hono/zod-openapi";
import { textNumberOr } from "@hyperface/contracts";
import { MODEL_VARIABLES } from "@hyperface/inference";
import { CommonEnvironment } from "@hyperface/service-kit";

export const Environment = CommonEnvironment.extend({
  ...MODEL_VARIABLES,
  /** Most faces in one batch of the embedder, and how long the first waits for more. */
  EMBED_BATCH_SIZE: textNumberOr(8, z.int().min(1).max(256)),
  EMBED_BATCH_DELAY_MS: textNumberOr(2, z.number().min(0).max(1000)),
  /** Most images that wait, of all requests together: two of the largest requests. */
  EMBED_QUEUE: textNumberOr(512, z.int().min(256).max(65_536)),
  /** How long one may wait for those of others, seconds: where it would be longer it is refused at once. */
  EMBED_WAIT_SECONDS: textNumberOr(10, z.number().positive().max(600)),
  MAX_IMAGE_MIB: textNumberOr(20, z.number().positive().max(64)),
  MAX_MEGAPIXELS: textNumberOr(64, z.number().positive().max(268)),
  /** Of all images of one request together. */
  MAX_REQUEST_MEGAPIXELS: textNumberOr(256, z.number().positive().max(4096)),
});
export const DEFAULT_PORT = 8081;
