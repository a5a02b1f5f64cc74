import { z } from "@hono/zod-openapi";
import { Ground, ImageFormat, ImageSize, TextImageSize } from "./generation.ts";
import { Beta, Index, Seed, TextBeta, TextSeed } from "./values.ts";

/** Query of one image: with the path, all that it is a function of. */
export const ImageQuery = z.object({
  beta: TextBeta.default(0.005),
  seed: TextSeed.default(0),
  ground: Ground.default("any"),
  generator: z.string().max(100).default("default"),
  size: TextImageSize.optional(),
});
export type ImageQuery = z.infer<typeof ImageQuery>;

export const CreateIdentityImagesRequest = z
  .object({
    count: z
      .int()
      .min(1)
      .max(256)
      .openapi({ description: "Samples `first` to `first + count - 1`." }),
    first: Index.default(0),
    beta: Beta.default(0.005),
    seed: Seed.default(0),
    ground: Ground.default("any"),
    generator: z.string().max(100).default("default"),
    format: ImageFormat.default("png"),
    size: ImageSize.optional(),
  })
  .openapi("CreateIdentityImagesRequest");
export type CreateIdentityImagesRequest = z.infer<typeof CreateIdentityImagesRequest>;

/** Header of an image with its provenance as JSON. */
export const PROVENANCE_HEADER = "image-provenance";
