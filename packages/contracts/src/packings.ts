import { z } from "@hono/zod-openapi";
import { GalleryId, ResourceName } from "./galleries.ts";
import { JobId, ResourceStatus } from "./jobs.ts";
import { PackingMetrics, PackingSpec } from "./packing.ts";
import { ModelReference } from "./values.ts";

export const PackingId = z.string().openapi({ example: "pak_m8x2k1c0a3f9d27b6e" });

const Repel = z
  .object({
    galleryId: GalleryId.openapi({ description: "The set to keep away from, e.g. real faces." }),
    minimumDistance: z.number().min(0).max(2).openapi({ description: "Cosine distance." }),
  })
  .optional()
  .openapi({
    description:
      "Identities keep this distance from every vector of a set; the certificate lists those that do not.",
  });

/** Where a packing's vectors come from, beside its gallery. */
const sources = {
  extends: PackingId.optional().openapi({
    description:
      "A finished packing whose identities come first and do not move; `count` includes them.",
  }),
  repel: Repel,
  initialGalleryId: GalleryId.optional().openapi({
    description: "Of `initialise: given`: a gallery of `count` vectors to start from.",
  }),
};

/** A packing spec on a gallery, which says the dimension and the model. */
export const CreatePackingRequest = z
  .object({
    ...PackingSpec.shape,
    ...sources,
    name: ResourceName,
    galleryId: GalleryId,
  })
  .omit({ dimension: true, frozen: true })
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
    spec: PackingSpec,
    extends: PackingId.nullable(),
    repelledGalleryId: GalleryId.nullable(),
    initialGalleryId: GalleryId.nullable(),
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
