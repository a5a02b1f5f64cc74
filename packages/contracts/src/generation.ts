import { z } from "@hono/zod-openapi";
import { AxisName, CameraSettings, GroundKind, ImageConditions } from "./conditions.ts";
import { Bytes, Float32s } from "./messages.ts";
import { ModelStatus } from "./model-status.ts";
import { Sampling, SamplingFields, SamplingSupport } from "./sampling.ts";
import { strictObject } from "./strict.ts";
import { text } from "./text.ts";
import {
  Arithmetic,
  Beta,
  Float32Vector,
  Index,
  ModelName,
  ModelReference,
  Seed,
  Sha256,
} from "./values.ts";

export const ImageFormat = z.enum(["png", "webp", "jpeg"]);
export type ImageFormat = z.infer<typeof ImageFormat>;

export const IMAGE_MEDIA_TYPES = {
  png: "image/png",
  webp: "image/webp",
  jpeg: "image/jpeg",
} as const satisfies Record<ImageFormat, string>;

/** What a generator's picture may come as: `ppm` for another service, which would only unpack it. */
const PictureFormat = z.enum([...ImageFormat.options, "ppm"]);
export type PictureFormat = z.infer<typeof PictureFormat>;

/** Side of a generated image in pixels; the generator's own side where it is not given. */
export const ImageSize = z.int().min(16).max(1024);

export const GeneratorName = ModelName.default("default");

/**
 * One image, a pure function of these values and of the generator: `identity` and `sample` key the
 * random numbers (Eq. 3's v and the generator's own z), so an image never depends on its batch.
 */
export const ImageItem = strictObject({
  embedding: Float32Vector.openapi({
    description: "Reference embedding x, unit length to 1e-3; a tensor of the message.",
  }),
  identity: Index.openapi({ description: "Identity's index: keys the random numbers." }),
  sample: Index.openapi({ description: "Sample's index within the identity." }),
  beta: Beta.default(0.005),
  seed: Seed.default(0),
  attempt: z.int().min(0).max(15).default(0).openapi({
    description:
      "How many pictures of this sample showed no face: each attempt has a z of its own.",
  }),
  ...ImageConditions.shape,
  ...SamplingFields,
}).openapi("ImageItem");
export type ImageItem = z.infer<typeof ImageItem>;

export const GenerateImagesRequest = strictObject({
  generator: GeneratorName,
  embedder: ModelReference.optional().openapi({
    description:
      "Whose the embeddings are: those of another embedder than the generator's are refused.",
  }),
  format: PictureFormat.default("png"),
  size: ImageSize.optional(),
  crop: z.enum(["none", "face"]).default("none").openapi({
    description:
      "`face`: the part of the picture where the generator puts ArcFace's 112 x 112 template.",
  }),
  items: z.array(ImageItem).min(1).max(256),
  labels: z
    .record(text(64), text(256))
    .default({})
    .openapi({ description: "Written into every image's provenance, e.g. the packing." }),
}).openapi("GenerateImagesRequest");
export type GenerateImagesRequest = z.infer<typeof GenerateImagesRequest>;
/** As a client writes it: defaults left out. */
export type GenerateImagesInput = z.input<typeof GenerateImagesRequest>;

/** Where an image came from; the same JSON is in the file's EXIF ImageDescription. */
export const Provenance = z
  .object({
    generator: ModelReference,
    embedder: ModelReference,
    identity: z.int(),
    sample: z.int(),
    arithmetic: Arithmetic,
    beta: z.number(),
    seed: z.int(),
    ground: z.enum(["none", ...GroundKind.options]),
    draw: z.number(),
    axes: z.partialRecord(AxisName, z.number()).openapi({
      description: "Pose and light as they were drawn or asked for, in standard deviations.",
    }),
    draws: z
      .int()
      .openapi({ description: "How many z were drawn until the person's outline was whole." }),
    attempts: z.int().openapi({
      description: "How many pictures were made until a face was found, where that was looked for.",
    }),
    camera: CameraSettings.nullable().openapi({ description: "Null where none was asked for." }),
    sampling: Sampling.nullable().openapi({ description: "Null where it was made in one pass." }),
    labels: z.record(z.string(), z.string()),
  })
  .openapi("Provenance");
export type Provenance = z.infer<typeof Provenance>;

export const GeneratedImage = z
  .object({ data: Bytes, provenance: Provenance })
  .openapi("GeneratedImage");
export type GeneratedImage = z.infer<typeof GeneratedImage>;

export const GenerateImagesResponse = z
  .object({ format: PictureFormat, size: z.int(), images: z.array(GeneratedImage) })
  .openapi("GenerateImagesResponse");
export type GenerateImagesResponse = z.infer<typeof GenerateImagesResponse>;

/** Identities drawn from the generator's learned prior: the unconditional mode. */
export const SampleIdentitiesRequest = strictObject({
  generator: GeneratorName,
  count: z.int().min(1).max(10_000),
  seed: Seed.default(0),
  offset: Index.default(0).openapi({
    description: "Index of the first identity: identity i of a seed is the same in any call.",
  }),
}).openapi("SampleIdentitiesRequest");
export type SampleIdentitiesRequest = z.infer<typeof SampleIdentitiesRequest>;

export const SampleIdentitiesResponse = z
  .object({
    generator: ModelReference,
    embedder: ModelReference,
    dimension: z.int(),
    embeddings: Float32s.openapi({
      description: "Row-major, `dimension` numbers an identity; a tensor of the message.",
    }),
  })
  .openapi("SampleIdentitiesResponse");
export type SampleIdentitiesResponse = z.infer<typeof SampleIdentitiesResponse>;

/** Embeddings drawn to where those of plain portraits lie; see `draw` of an image. */
export const DrawEmbeddingsRequest = strictObject({
  generator: GeneratorName,
  draw: ImageConditions.shape.draw,
  embeddings: z.array(Float32Vector).min(1).max(256),
}).openapi("DrawEmbeddingsRequest");
export type DrawEmbeddingsRequest = z.infer<typeof DrawEmbeddingsRequest>;

export const DrawEmbeddingsResponse = z
  .object({ generator: ModelReference, embeddings: z.array(Float32s) })
  .openapi("DrawEmbeddingsResponse");
export type DrawEmbeddingsResponse = z.infer<typeof DrawEmbeddingsResponse>;

export const GeneratorDescription = z
  .object({
    name: z.string(),
    version: z.string(),
    sha256: Sha256,
    embedder: ModelReference,
    size: z.int(),
    embeddingDimension: z.int(),
    latentDimension: z.int(),
    axes: z
      .array(AxisName)
      .openapi({ description: "What can be asked of its images: see an image's query." }),
    draw: z.boolean().openapi({ description: "Whether embeddings can be drawn." }),
    controls: Sha256.nullable().openapi({
      description: "Of the file of what its axes are and where it draws to; null without one.",
    }),
    sampling: SamplingSupport.nullable().openapi({
      description: "Of a generator of many steps; null where an image is made in one pass.",
    }),
    grounds: z.boolean().openapi({
      description:
        "Whether grounds can be drawn behind its faces; else its pictures stay as they are.",
    }),
    prior: z.boolean().openapi({ description: "Whether identities can be drawn from it." }),
    ...ModelStatus,
    arithmetic: Arithmetic.nullable().openapi({ description: "Null until it is loaded." }),
    terms: z.string(),
  })
  .openapi("GeneratorDescription");
export type GeneratorDescription = z.infer<typeof GeneratorDescription>;

/** A generator that was asked for by name is loaded. */
export const LoadedGenerator = GeneratorDescription.extend({ arithmetic: Arithmetic });
export type LoadedGenerator = z.infer<typeof LoadedGenerator>;
