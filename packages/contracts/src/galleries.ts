import { z } from "@hono/zod-openapi";
import { DEFAULT_EMBEDDER, EmbedderName } from "./embeddings.ts";
import { GeneratorName } from "./generation.ts";
import { GalleryId } from "./ids.ts";
import { MakingJobId, ResourceStatus } from "./jobs.ts";
import { page } from "./lists.ts";
import { textFlag } from "./numbers.ts";
import { strictObject } from "./strict.ts";
import { text } from "./text.ts";
import { ArithmeticHistory, ModelReference, orNull, Seed, Sha256, Vector } from "./values.ts";

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

/** Media type of an archive of photographs. */
export const TAR = "application/x-tar";

/** Query of an upload as a file. */
export const UploadQuery = strictObject({
  name: text(200).optional(),
  model: EmbedderName.default(DEFAULT_EMBEDDER),
  keepFaces: textFlag(false).openapi({
    description:
      "Of photographs: whether the aligned faces are kept, 112 x 112, to be shown beside what resembles them.",
  }),
});
export type UploadQuery = z.infer<typeof UploadQuery>;

/** What is kept of the archive that a gallery was made of. */
export const ReceivedPhotographs = z
  .object({
    files: z.int().openapi({ description: "In the archive; `count` of them show a face." }),
    keepsFaces: z.boolean().openapi({
      description: "Whether their aligned faces are kept. The files themselves never are.",
    }),
  })
  .openapi("ReceivedPhotographs");
export type ReceivedPhotographs = z.infer<typeof ReceivedPhotographs>;

export const Gallery = z
  .object({
    id: GalleryId,
    name: z.string(),
    source: z.enum(["generator", "upload", "photographs"]),
    status: ResourceStatus,
    count: z.int().openapi({ description: "Vectors; of photographs those found so far." }),
    dimension: z.int(),
    model: ModelReference.openapi({ description: "The embedder." }),
    generator: orNull(ModelReference),
    seed: z.int().nullable(),
    photographs: orNull(ReceivedPhotographs).openapi({ description: "Null of another source." }),
    arithmetic: ArithmeticHistory.openapi({
      description: "Of every process that drew and embedded it, in order; empty of an upload.",
    }),
    jobId: MakingJobId.nullable(),
    createdAt: z.iso.datetime(),
  })
  .openapi("Gallery");
export type Gallery = z.infer<typeof Gallery>;

export const PhotographQuery = strictObject({
  ...page,
  faces: z.enum(["found", "missing"]).optional().openapi({
    description: "Only files in which a face was found, or only those in which none was.",
  }),
});
export type PhotographQuery = z.infer<typeof PhotographQuery>;

/** A file of the archive that a gallery was made of. */
export const Photograph = z
  .object({
    file: z.string().openapi({
      description: "Its name in the archive: a label, by which nothing is opened or kept.",
    }),
    sha256: Sha256.nullable().openapi({ description: "Null of what was not read." }),
    row: z.int().nullable().openapi({ description: "Its vector's; null where there is none." }),
    quality: z.number().nullable().openapi({
      description: "Of its face: about the cosine to the same face seen well.",
    }),
    problem: z.string().nullable().openapi({ description: "Why it has no row." }),
  })
  .openapi("Photograph");
export type Photograph = z.infer<typeof Photograph>;
