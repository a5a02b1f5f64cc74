import { z } from "@hono/zod-openapi";
import { ImageConditions, TextImageConditions } from "./conditions.ts";
import { GeneratorName, ImageFormat, ImageSize, Provenance } from "./generation.ts";
import { textFlag, textNumber, textNumberOr } from "./numbers.ts";
import { SamplingFields, TextSamplingFields } from "./sampling.ts";
import { strictObject } from "./strict.ts";
import { BETA, Beta, Index, MAX_INDEX, SEED, Seed } from "./values.ts";

/** Side of ArcFace's template, which faces are aligned to, pixels. */
export const ALIGNED_SIDE = 112;

const ALIGN = {
  description:
    "Detect the face and align it to ArcFace's 112 x 112 template, as in the paper. Where none is found the picture is made again, with another z, a few times at most.",
};

/** Query of one image: with the path, all that it is a function of. */
export const ImageQuery = strictObject({
  beta: textNumberOr(0.005, Beta).openapi(BETA),
  seed: textNumberOr(0, Seed).openapi(SEED),
  ...TextImageConditions.shape,
  generator: GeneratorName,
  size: textNumber(ImageSize).optional().openapi({ example: 128 }),
  align: textFlag(false).openapi(ALIGN),
  ...TextSamplingFields,
});
export type ImageQuery = z.infer<typeof ImageQuery>;

export const CreateIdentityImagesRequest = strictObject({
  count: z
    .int()
    .min(1)
    .max(256)
    .openapi({ description: "Samples `first` to `first + count - 1`.", example: 2 }),
  first: Index.default(0),
  beta: Beta.default(0.005),
  seed: Seed.default(0),
  ...ImageConditions.shape,
  generator: GeneratorName,
  format: ImageFormat.default("png"),
  size: ImageSize.optional(),
  align: z.boolean().default(false).openapi(ALIGN),
  ...SamplingFields,
})
  .refine(({ first, count }) => first + count <= MAX_INDEX + 1, {
    path: ["first"],
    message: `first + count - 1 must be at most ${MAX_INDEX}`,
  })
  .openapi("CreateIdentityImagesRequest", { example: { count: 2, beta: 0.005 } });
export type CreateIdentityImagesRequest = z.infer<typeof CreateIdentityImagesRequest>;

/** An image in JSON. */
const IdentityImage = z
  .object({ data: z.string().openapi({ format: "byte" }), provenance: Provenance })
  .openapi("GeneratedImage");

export const CreateIdentityImagesResponse = z
  .object({
    format: ImageFormat,
    size: z.int(),
    images: z.array(IdentityImage),
    failures: z
      .array(z.object({ sample: z.int(), attempts: z.int(), detail: z.string() }))
      .openapi({ description: "With `align`: samples in whose pictures no face was found." }),
  })
  .openapi("CreateIdentityImagesResponse");
export type CreateIdentityImagesResponse = z.infer<typeof CreateIdentityImagesResponse>;

/** Header of an image with its provenance as JSON. */
export const PROVENANCE_HEADER = "image-provenance";
