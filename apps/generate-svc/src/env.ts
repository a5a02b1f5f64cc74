import { z } from "@hono/zod-openapi";
import { textNumberOr } from "@hyperface/contracts";
import { MODEL_VARIABLES } from "@hyperface/inference";
import { CommonEnvironment } from "@hyperface/service-kit";

export const Environment = CommonEnvironment.extend({
  ...MODEL_VARIABLES,
  /** Most images of a generator of many steps in one batch, and how long the first waits for more. */
  GENERATE_BATCH_SIZE: textNumberOr(4, z.int().min(1).max(64)),
  GENERATE_BATCH_DELAY_MS: textNumberOr(20, z.number().min(0).max(1000)),
  /** Most images that wait, of all requests together: four of the largest requests. */
  GENERATE_QUEUE: textNumberOr(1024, z.int().min(256).max(65_536)),
  /** How long one may wait for those of others, seconds: where it would be longer it is refused at once. */
  GENERATE_WAIT_SECONDS: textNumberOr(10, z.number().positive().max(600)),
});
export const DEFAULT_PORT = 8083;
