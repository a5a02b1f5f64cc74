import { z } from "@hono/zod-openapi";
import { DEFAULT_EMBEDDER, EmbedderName } from "./embeddings.ts";
import { GeneratorName } from "./generation.ts";
import { GalleryId } from "./ids.ts";
import { MakingJobId, ResourceStatus } from "./jobs.ts";
import { strictObject } from "./strict.ts";
import { text } from "./text.ts";
import { ArithmeticHistory, ModelReference, orNull, Seed, Vector } from "./values.ts";

export const ResourceName = text(200).default("");

/** Faces of nobody: identities from the generator's prior, drawn as images, and embedded from those. */
const GeneratedGallery = strictObject({
  source: z.literal("generator"),
  name: ResourceName,
  generator: GeneratorName,
  count: z.int().min(1).max(1_000_000).openapi({ description: "Faces, n_gallery.", example: 512 }),
  seed: Seed.default(0),
});

const UploadedGallery = strictObject({
  source: z.literal("upload"),
  name: ResourceName,
  model: EmbedderName.default(DEFAULT_EMBEDDER).openapi({
    description: "The embedder that made the vectors.",
  }),
  embeddings: z.array(Vector).min(1).max(20_000).openapi({
    description: "Brought to unit length. For more, send .npy or safetensors.",
  }),
});

export const CreateGalleryRequest = z
  .discriminatedUnion("source", [GeneratedGallery, UploadedGallery])
  .openapi("CreateGalleryRequest", { example: { source: "generator", count: 128, seed: 7 } });
export type CreateGalleryRequest = z.infer<typeof CreateGalleryRequest>;

/** Query of an upload as a file. */
export const UploadQuery = strictObject({
  name: text(200).optional(),
  model: EmbedderName.default(DEFAULT_EMBEDDER),
});

export const Gallery = z
  .object({
    id: GalleryId,
    name: z.string(),
    source: z.enum(["generator", "upload"]),
    status: ResourceStatus,
    count: z.int(),
    dimension: z.int(),
    model: ModelReference.openapi({ description: "The embedder." }),
    generator: orNull(ModelReference),
    seed: z.int().nullable(),
    arithmetic: ArithmeticHistory.openapi({
      description: "Of every process that drew and embedded it, in order; empty of an upload.",
    }),
    jobId: MakingJobId.nullable(),
    createdAt: z.iso.datetime(),
  })
  .openapi("Gallery");
export type Gallery = z.infer<typeof Gallery>;
