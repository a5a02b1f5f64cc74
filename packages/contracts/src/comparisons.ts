import { z } from "@hono/zod-openapi";
import { ComparisonKey, SetKey } from "./object-keys.ts";
import { strictObject } from "./strict.ts";
import { Sha256 } from "./values.ts";

/** Rows of a block of either set: a tile of two blocks is what is compared at a time. */
export const COMPARISON_BLOCK = 2048;

/** Steps of a comparison: one to read both sets whole, then one a tile of impostors, then one a tile of pairs. */
export function comparisonSteps(count: number, referenceCount: number): number {
  const blocks = Math.ceil(referenceCount / COMPARISON_BLOCK);
  return 1 + (blocks * (blocks + 1)) / 2 + Math.ceil(count / COMPARISON_BLOCK) * blocks;
}

export const TopK = z.int().min(1).max(1000);
export const FalseAcceptRate = z.number().gt(0).lt(1);

/** One slice of a comparison of all vectors of a set with all of a reference set. */
export const ComparisonSliceRequest = strictObject({
  set: SetKey,
  reference: SetKey,
  topK: TopK,
  falseAcceptRate: FalseAcceptRate,
  checkpointKey: ComparisonKey.nullable().openapi({
    description: "The last slice's checkpoint; null starts the comparison.",
  }),
  outputKey: ComparisonKey.openapi({
    description: "Where the next checkpoint is written: a key that no other slice writes.",
  }),
  budgetSeconds: z.number().positive().max(3600).openapi({
    description: "The slice ends with the first tile that ends after this; at least one is done.",
  }),
}).openapi("ComparisonSliceRequest");
export type ComparisonSliceRequest = z.infer<typeof ComparisonSliceRequest>;

/** A pair of the nearest: a vector of the set and one of the reference set. */
export const ComparedPair = z.object({
  index: z.int(),
  reference: z.int(),
  cosine: z.number().openapi({ description: "In float64." }),
});
export type ComparedPair = z.infer<typeof ComparedPair>;

const Histogram = z
  .array(z.int())
  .openapi({ description: "Counts in equal bins from cosine -1 to 1." });

/** What came of comparing every pair. */
export const ComparisonResult = z
  .object({
    sha256: z
      .object({ set: Sha256, reference: Sha256 })
      .openapi({ description: "Of the stored sets that were compared." }),
    count: z.int(),
    referenceCount: z.int(),
    pairs: z.int().openapi({ description: "Compared: all of them." }),
    impostorPairs: z.int().openapi({
      description: "Of the reference set with itself, each taken to be of two people.",
    }),
    threshold: z.number().nullable().openapi({
      description:
        "Smallest cosine, to 2^-15, that no more than `falseAcceptRate` of the impostor pairs reach; null where there are none.",
    }),
    falseAccepts: z.int().openapi({ description: "Impostor pairs that reach it." }),
    pairsAbove: z.int().openapi({ description: "Pairs that reach the threshold." }),
    vectorsAbove: z.int().openapi({
      description: "Vectors of the set with a reference vector that reaches it.",
    }),
    largestCosine: z.number(),
    histograms: z.object({
      pairs: Histogram,
      impostors: Histogram,
      nearest: Histogram.openapi({ description: "Of each vector's nearest reference vector." }),
    }),
    top: z.array(ComparedPair).openapi({ description: "The nearest pairs, nearest first." }),
  })
  .openapi("ComparisonResult");
export type ComparisonResult = z.infer<typeof ComparisonResult>;

export const ComparisonSliceResponse = z
  .object({
    done: z.boolean(),
    completed: z.int().openapi({ description: "Steps." }),
    result: ComparisonResult.nullable().openapi({ description: "Null until done." }),
  })
  .openapi("ComparisonSliceResponse");
export type ComparisonSliceResponse = z.infer<typeof ComparisonSliceResponse>;
