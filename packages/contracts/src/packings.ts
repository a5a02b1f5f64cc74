import { z } from "@hono/zod-openapi";
import { GalleryId, ResourceName } from "./galleries.ts";
import { JobId, ResourceStatus } from "./jobs.ts";
import { PackingMetrics, PackingProblem } from "./packing.ts";
import { ModelReference } from "./values.ts";

export const PackingId = z.string().openapi({ example: "pak_m8x2k1c0a3f9d27b6e" });

/** A packing problem on a gallery, which says the dimension and the model. */
export const CreatePackingRequest = z
  .object({
    ...PackingProblem.shape,
    name: ResourceName,
    galleryId: GalleryId,
    initialise: z.enum(["gallery", "random"]).default("gallery"),
  })
  .omit({ dimension: true })
  .openapi("CreatePackingRequest");
export type CreatePackingRequest = z.infer<typeof CreatePackingRequest>;

export const Packing = z
  .object({
    id: PackingId,
    name: z.string(),
    galleryId: GalleryId,
    status: ResourceStatus,
    count: z.int(),
    dimension: z.int(),
    model: ModelReference.openapi({ description: "The embedder." }),
    problem: PackingProblem,
    metrics: PackingMetrics.nullable().openapi({
      description: "The newest; null before the first.",
    }),
    jobId: JobId,
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
}).openapi("Identity");
export type Identity = z.infer<typeof Identity>;
