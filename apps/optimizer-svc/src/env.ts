import { z } from "@hono/zod-openapi";
import { CommonEnvironment } from "@hyperface/service-kit";

export const Environment = CommonEnvironment.extend({
  /** Slices that run at once; each uses every core. */
  SLICE_THREADS: z.coerce.number().int().min(1).max(64).default(1),
});
export const DEFAULT_PORT = 8082;
