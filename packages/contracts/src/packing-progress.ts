import { z } from "@hono/zod-openapi";

/** One point of a packing's history. */
export const PackingPoint = z
  .object({
    iteration: z.int().openapi({ description: "Steps done; 0 is the start." }),
    maxCosine: z
      .number()
      .openapi({ description: "Largest pairwise cosine of the evaluated points." }),
    nearestCosine: z
      .object({
        mean: z.number(),
        p05: z.number(),
        p25: z.number(),
        p50: z.number(),
        p75: z.number(),
        p95: z.number(),
      })
      .openapi({ description: "Each evaluated point's largest cosine with any other point." }),
    regulariser: z.number().nullable().openapi({
      description: "Mean cosine distance to the nearest gallery embedding; null without gallery.",
    }),
    objective: z
      .number()
      .openapi({ description: "Eq. 2 in the spec's reading, over the evaluated points." }),
    evaluated: z.int().openapi({
      description:
        "Points whose nearest neighbour was sought among all points. Below `count` the numbers are a sample's.",
    }),
    repelled: z
      .object({
        smallestDistance: z
          .number()
          .openapi({ description: "Smallest cosine distance between an identity and the set." }),
        tooNear: z
          .int()
          .openapi({ description: "Identities nearer than asked: 0 where the distance is kept." }),
      })
      .optional()
      .openapi({
        description:
          "With `repel`: what was reached. Where the distance cannot be kept, identities do not crowd together for it.",
      }),
  })
  .openapi("PackingPoint");
export type PackingPoint = z.infer<typeof PackingPoint>;

export const PackingMetrics = PackingPoint.extend({
  iterations: z.int().openapi({
    description:
      "Steps that the whole packing takes at most; with `budgetSeconds` an estimate until it is done.",
  }),
  iterationsPerSecond: z.number(),
  secondsLeft: z.number().openapi({ description: "Estimated from this slice's speed." }),
}).openapi("PackingMetrics");
export type PackingMetrics = z.infer<typeof PackingMetrics>;
