import { z } from "@hono/zod-openapi";
import { SetKey } from "./object-keys.ts";
import { strictObject } from "./strict.ts";

/** What a number is over many, in short. */
export const Spread = z
  .object({
    mean: z.number(),
    smallest: z.number(),
    p05: z.number(),
    p50: z.number(),
    p95: z.number(),
    largest: z.number(),
  })
  .openapi("Spread");
export type Spread = z.infer<typeof Spread>;

/** A figure over ten folds of identities, with the 95 % interval of its mean (Student's t, 9 degrees of freedom). */
const Interval = z.object({ mean: z.number(), low: z.number(), high: z.number() });

/** How well embeddings tell identities apart. */
export const SeparationRequest = strictObject({
  set: SetKey.openapi({ description: "Stored embeddings, those of an identity together." }),
  counts: z.array(z.int().min(0)).min(1).max(1_000_000).openapi({
    description: "Embeddings of each identity, in the set's order.",
  }),
}).openapi("SeparationRequest");
export type SeparationRequest = z.infer<typeof SeparationRequest>;

export const Separation = z
  .object({
    between: z
      .object({
        identities: z.int().openapi({ description: "With any image." }),
        maxCosine: z.number(),
        pair: z.tuple([z.int(), z.int()]).openapi({ description: "The closest two identities." }),
        nearest: Spread,
        unique: z.array(z.object({ threshold: z.number(), count: z.int() })).openapi({
          description: "Identities whose nearest other centre is below the threshold.",
        }),
      })
      .nullable()
      .openapi({
        description:
          "Cosines of each identity's centre, the mean of its embeddings, with the nearest other one; null of fewer than two identities.",
      }),
    within: z
      .object({
        consistency: Spread.openapi({
          description: "Each identity's mean cosine of its images with their centre.",
        }),
        diversity: Spread.openapi({
          description: "Each identity's mean cosine distance of two of its images.",
        }),
      })
      .nullable()
      .openapi({
        description: "Of identities with two images or more; null where there are none.",
      }),
    verification: z
      .object({
        identities: z.int(),
        images: z.int(),
        genuinePairs: z.int(),
        impostorPairs: z.int(),
        equalErrorRate: Interval,
        roc: z.array(
          z.object({ falseMatchRate: z.number(), trueMatchRate: Interval, threshold: z.number() }),
        ),
        curve: z
          .array(z.object({ falseMatchRate: z.number(), trueMatchRate: z.number() }))
          .openapi({ description: "Of all folds together." }),
        histograms: z
          .object({ genuine: z.array(z.int()), impostor: z.array(z.int()) })
          .openapi({ description: "Counts in equal bins from cosine -1 to 1." }),
      })
      .nullable()
      .openapi({
        description:
          "Pairs of up to 8 images of each of up to 1,024 identities, in ten folds of identities; null of fewer than 20 identities with two images.",
      }),
  })
  .openapi("Separation");
export type Separation = z.infer<typeof Separation>;
