import { z } from "@hono/zod-openapi";
import { SetId } from "./ids.ts";

/** What a set of unit vectors is, exactly: the nearest neighbour of each was sought among all. */
export const SetCertificate = z.object({
  count: z.int(),
  dimension: z.int(),
  maxCosine: z.number(),
  pair: z.tuple([z.int(), z.int()]).openapi({ description: "The closest two identities." }),
  meanNearestCosine: z.number(),
  histogram: z.object({ edges: z.array(z.number()), counts: z.array(z.int()) }).openapi({
    description: "Of nearest-neighbour cosines; counts[k] within edges k and k + 1.",
  }),
  unique: z
    .array(z.object({ threshold: z.number(), count: z.int() }))
    .openapi({ description: "Identities whose nearest neighbour is below the threshold." }),
  regulariser: z.number().nullable().openapi({
    description: "Mean cosine distance to the nearest gallery embedding.",
  }),
  bounds: z
    .object({ rankin: z.number(), welch: z.number(), levenshtein: z.number().nullable() })
    .openapi({
      description:
        "No set of this size has a smaller largest cosine (rankin, levenshtein) or absolute cosine (welch).",
    }),
  gap: z.number().openapi({ description: "maxCosine above the best bound of it." }),
});
export type SetCertificate = z.infer<typeof SetCertificate>;

/** How good a gallery or a packing is as a set. */
export const Certificate = SetCertificate.extend({
  set: SetId,
  repelled: z
    .object({
      set: SetId,
      minimumDistance: z.number(),
      smallestDistance: z.number(),
      violations: z.int().openapi({ description: "Identities nearer than minimumDistance." }),
      nearest: z.array(z.object({ identity: z.int(), index: z.int(), distance: z.number() })),
    })
    .nullable()
    .openapi({
      description:
        "Distances from the set of `repel`; `nearest` has every violation, up to 1,000, nearest first. Null without one.",
    }),
}).openapi("Certificate");
export type Certificate = z.infer<typeof Certificate>;
