import { z } from "@hono/zod-openapi";
import { SetKey } from "./object-keys.ts";
import { strictObject } from "./strict.ts";
import { Float32Vector } from "./values.ts";

/** The vectors of a stored set nearest to some others. */
export const NearestRequest = strictObject({
  set: SetKey,
  queries: z.array(Float32Vector).min(1).max(256).openapi({ description: "Unit vectors." }),
  own: z.array(z.int().min(0)).optional().openapi({
    description: "A vector of the set for each query that does not count, such as its own.",
  }),
})
  .refine(({ queries, own }) => own === undefined || own.length === queries.length, {
    path: ["own"],
    message: "must be as many as there are queries",
  })
  .openapi("NearestRequest");
export type NearestRequest = z.infer<typeof NearestRequest>;

export const NearestResponse = z
  .object({
    nearest: z.array(z.object({ index: z.int(), cosine: z.number() }).nullable()).openapi({
      description: "One a query, its cosine in float64; null where there is no other.",
    }),
  })
  .openapi("NearestResponse");
export type NearestResponse = z.infer<typeof NearestResponse>;
