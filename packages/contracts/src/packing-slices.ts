import { z } from "@hono/zod-openapi";
import { PackingKey, SetKey } from "./object-keys.ts";
import { PackingMetrics, PackingPoint } from "./packing-progress.ts";
import { PackingSpec } from "./packing-spec.ts";
import { strictObject } from "./strict.ts";
import { ArithmeticHistory, ModelReference } from "./values.ts";

/**
 * One slice of a packing: from a checkpoint (null: from the start) for `budgetSeconds` or to the
 * end. Splitting a packing into other slices does not change a bit of its result.
 */
export const PackingSliceRequest = strictObject({
  spec: PackingSpec,
  model: ModelReference.openapi({ description: "The embedder of every set, and of the result." }),
  near: SetKey.optional().openapi({
    description: "Stored set of the gallery term. Needed where alpha > 0 or `start` is gallery.",
  }),
  start: SetKey.optional().openapi({ description: "Stored set of `start: set`." }),
  extends: SetKey.optional().openapi({
    description: "Stored set of the first `frozen` identities.",
  }),
  repel: SetKey.optional().openapi({ description: "Stored set of `repel`." }),
  checkpointKey: PackingKey.nullable().openapi({
    description: "The last slice's checkpoint; null starts the packing.",
  }),
  outputKey: PackingKey.openapi({
    description: "Where the next checkpoint is written: a key that no other slice writes.",
  }),
  resultKey: PackingKey.openapi({
    description:
      "Where the result is written at the end, as a stored set with each identity's nearest neighbour, and with `repel` its nearest repelled vector.",
  }),
  reportAfter: z.int().min(-1).default(-1).openapi({
    description: "The answer's history has the reports of later iterations than this.",
  }),
  budgetSeconds: z.number().positive().max(3600).openapi({
    description: "The slice ends with the first step that ends after this; at least one is done.",
  }),
}).openapi("PackingSliceRequest");
export type PackingSliceRequest = z.infer<typeof PackingSliceRequest>;

export const PackingSliceResponse = z
  .object({
    checkpointKey: PackingKey,
    resultKey: PackingKey.nullable().openapi({ description: "Null until done." }),
    done: z.boolean(),
    metrics: PackingMetrics.openapi({ description: "The newest report." }),
    history: z.array(PackingPoint).openapi({
      description: "Reports after `reportAfter`: at fixed steps, about 200 in a whole packing.",
    }),
    arithmetic: ArithmeticHistory,
    seconds: z.number().openapi({ description: "Wall time of this slice." }),
    writeSeconds: z.number().openapi({
      description: "Wall time of writing what it left: beyond `seconds`.",
    }),
  })
  .openapi("PackingSliceResponse");
export type PackingSliceResponse = z.infer<typeof PackingSliceResponse>;
