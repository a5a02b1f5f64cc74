import { z } from "@hono/zod-openapi";
import { textNumberOr } from "@hyperface/contracts";
import { CommonEnvironment } from "@hyperface/service-kit";

export const Environment = CommonEnvironment.extend({
  /** Slices that run at once; each uses every core. */
  SLICE_THREADS: textNumberOr(1, z.int().min(1).max(64)),
  /** Most slices that wait. */
  SLICE_QUEUE: textNumberOr(64, z.int().min(1).max(4096)),
  /** How long one may wait for others, seconds: where it would be longer it is refused at once. */
  SLICE_WAIT_SECONDS: textNumberOr(60, z.number().positive().max(600)),
});
export const DEFAULT_PORT = 8082;
