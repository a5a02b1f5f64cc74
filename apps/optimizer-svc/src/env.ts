import { z } from "@hono/zod-openapi";
import { textNumberOr } from "@hyperface/contracts";
import { CommonEnvironment } from "@hyperface/service-kit";

export const Environment = CommonEnvironment.extend({
  /** Slices that run at once; each uses every core. */
  SLICE_THREADS: textNumberOr(1, z.int().min(1).max(64)),
});
export const DEFAULT_PORT = 8082;
