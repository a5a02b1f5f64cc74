import { z } from "@hono/zod-openapi";
import { DEFAULT_EMBEDDER, EmbedderName } from "./embeddings.ts";
import { ResourceName } from "./galleries.ts";
import { PackingId, SetId } from "./ids.ts";
import { MakingJobId, ResourceStatus } from "./jobs.ts";
import { PackingMetrics } from "./packing-progress.ts";
import { PackingSpec, settingsShape } from "./packing-spec.ts";
import { strictObject } from "./strict.ts";
import { ArithmeticHistory, ModelReference, orNull } from "./values.ts";

const Repel = strictObject({
  set: SetId.openapi({ description: "The set to keep away from, e.g. of real faces." }),
  minimumDistance: z.number().min(0).max(2).openapi({ description: "Cosine distance." }),
}).openapi({
  description:
    "Identities keep this distance from every vector of a set; the certificate lists those that do not.",
});

const Start = z.union([z.enum(["gallery", "random", "code"]), SetId]);
const START =
  "Where points start. `gallery`: at distinct vectors of `near`, repeated where there are too few; the default where there is one. `random`: uniform on the sphere; the default otherwise. `code`: an algebraic code (see PackingSpec); the default, as it is, with alpha 0, no set and no iterations, from 16,384 identities of 512 dimensions on, or 4,096 of 128, where it is tighter than what is packed. A set's id: at its `count` vectors.";

/** What to pack, near what, from where: every set by its id, whether a gallery or a packing. */
export const CreatePackingRequest = strictObject({
  ...settingsShape,
  name: ResourceName,
  near: SetId.optional().openapi({
    description: "The set of the gallery term. Needed where alpha > 0.",
  }),
  start: Start.optional().openapi({ description: START }),
  extends: SetId.optional().openapi({
    description:
      "A set whose vectors are the first identities and do not move; `count` includes them.",
  }),
  repel: Repel.optional(),
  model: EmbedderName.optional().openapi({
    description: `The embedder, where no set says it. Default: ${DEFAULT_EMBEDDER}.`,
  }),
}).openapi("CreatePackingRequest", {
  example: { near: "gal_0mwty1yv10e3ebb58a9f8abb8", count: 64, seed: 7 },
});
export type CreatePackingRequest = z.infer<typeof CreatePackingRequest>;

export const Packing = z
  .object({
    id: PackingId,
    name: z.string(),
    status: ResourceStatus,
    count: z.int(),
    dimension: z.int(),
    model: ModelReference.openapi({ description: "The embedder." }),
    near: SetId.nullable(),
    start: Start,
    extends: SetId.nullable(),
    repel: Repel.nullable(),
    spec: PackingSpec,
    metrics: orNull(PackingMetrics).openapi({
      description: "The newest; null before the first.",
    }),
    arithmetic: ArithmeticHistory,
    jobId: MakingJobId,
    createdAt: z.iso.datetime(),
  })
  .openapi("Packing");
export type Packing = z.infer<typeof Packing>;

const Nearest = z.object({
  index: z.int(),
  cosine: z.number(),
  distance: z.number().openapi({ description: "Cosine distance, 1 - cosine." }),
});

/** An identity of a packing. */
export const IdentitySummary = z
  .object({
    index: z.int(),
    nearest: Nearest.openapi({ description: "The nearest other identity of the packing." }),
  })
  .openapi("IdentitySummary");
export type IdentitySummary = z.infer<typeof IdentitySummary>;

export const Identity = IdentitySummary.extend({
  packingId: PackingId,
  model: ModelReference,
  reference: z.array(z.number()).openapi({ description: "Reference embedding, unit length." }),
  drawn: z
    .object({
      generator: ModelReference,
      draw: z.number(),
      cosine: z.number().openapi({ description: "To the reference." }),
      embedding: z.array(z.number()),
    })
    .nullable()
    .openapi({
      description:
        "What images of this identity are made from at the strength asked for; null where none is.",
    }),
}).openapi("Identity");
export type Identity = z.infer<typeof Identity>;
