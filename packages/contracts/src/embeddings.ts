import { z } from "@hono/zod-openapi";
import { ImageFormat } from "./generation.ts";
import { Bytes, Float32s } from "./messages.ts";
import { ModelStatus } from "./model-status.ts";
import { textFlag, textNumber, textNumberOr } from "./numbers.ts";
import { strictObject } from "./strict.ts";
import { Arithmetic, ModelName, ModelReference } from "./values.ts";

/** One of what `GET /v1/models` lists; numbers of two of them must never be compared. */
export const EmbedderName = ModelName;
export const DEFAULT_EMBEDDER = "mobilefacenet-512";

/** How images become embeddings; query parameters, whatever the body's type. */
export const EmbeddingOptions = strictObject({
  model: EmbedderName.default(DEFAULT_EMBEDDER),
  faces: z.enum(["one", "central", "largest", "all"]).default("one").openapi({
    description:
      "`one`: an image with several faces is refused. `central`: the face of the greatest area less twice the squared distance of its centre from the image's centre, as verification scripts choose. `largest`: the largest face of each. `all`: up to `maxFaces`, largest first.",
  }),
  minQuality: textNumber(z.number().min(0).max(1)).optional().openapi({
    description:
      "Faces of a smaller quality value are left out, or refused where there is no other.",
    example: 0.5,
  }),
  smallestFace: textNumberOr(0.125, z.number().min(0.125).max(1)).openapi({
    description:
      "Share of an image's short side from which faces are looked for: a larger one saves time where faces are known to fill their pictures.",
  }),
  maxFaces: textNumberOr(16, z.int().min(1).max(64)),
  allowMissing: textFlag(false).openapi({
    description: "An image without a face has an empty list instead of being refused.",
  }),
  aligned: textFlag(false).openapi({
    description:
      "Images are aligned faces already (ArcFace template, square): they are resized to 112 x 112 and nothing is detected.",
  }),
  flip: textFlag(true).openapi({
    description:
      "Embed a face and its mirror image, and sum: steadier by a little, twice the work.",
  }),
  crops: textFlag(false).openapi({
    description: "Return each aligned face, 112 x 112, in `cropFormat`.",
  }),
  cropFormat: ImageFormat.default("png").openapi({
    description: "A crop keeps the EXIF ImageDescription of its image.",
  }),
});
export type EmbeddingOptions = z.infer<typeof EmbeddingOptions>;

/** Images of a JSON request. */
export const CreateEmbeddingsBody = strictObject({
  images: z
    .array(z.string().min(1).openapi({ format: "byte" }))
    .min(1)
    .max(256)
    .openapi({
      description:
        "JPEG, PNG or WebP files, base64, with or without line breaks and a `data:` URL's head.",
    }),
}).openapi("CreateEmbeddingsBody");
export type CreateEmbeddingsBody = z.infer<typeof CreateEmbeddingsBody>;

const Box = z.object({
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
});

export const FaceQuality = z
  .object({
    value: z.number().min(0).max(1).openapi({
      description:
        "1 less the distance of unit embeddings to the same face seen well that nine of ten such faces keep within, by size, sharpness and noise. Above 0.6 the cosine is over 0.92; at 0, a cosine under 0.5, the embedding may be anybody's. Heavy compression, and pixels repeated to enlarge, it does not see.",
    }),
    size: z.number().openapi({
      description: "Side of the square in the file that became the aligned face, pixels.",
    }),
    sharpness: z.number().openapi({
      description:
        "Standard deviation of the Laplacian of the aligned face's luminance (0 to 255).",
    }),
    noise: z.number().openapi({
      description:
        "Standard deviation of the noise in the aligned face's luminance, as Immerkær (1996) estimates it.",
    }),
    norm: z.number().openapi({ description: "Length of the embedding as the network gives it." }),
    landmarkFit: z.number().nullable().openapi({
      description:
        "Root mean square distance of the landmarks from the template's, pixels of the aligned face; null where it was given as aligned.",
    }),
  })
  .openapi("FaceQuality");
export type FaceQuality = z.infer<typeof FaceQuality>;

const TURNS = [0, 90, 180, 270];

export const Face = z
  .object({
    embedding: z.array(z.number()).openapi({ description: "Unit length." }),
    quality: FaceQuality,
    detection: z
      .object({
        box: Box.openapi({ description: "Pixels of the upright image; may reach beyond it." }),
        score: z.number().openapi({ description: "Confidence of the detector's last stage." }),
        turn: z.literal(TURNS).openapi({
          // The document's generator tells the first of several values alone.
          type: "integer",
          enum: TURNS,
          description:
            "Degrees clockwise by which the image had to be turned for the face to stand upright. Box and landmarks are those of the image as it is; the embedding is the upright face's.",
        }),
        landmarks: z.array(z.tuple([z.number(), z.number()])).openapi({
          description:
            "Left eye, right eye, nose, left and right mouth corner, as seen on the upright face; pixels.",
        }),
      })
      .nullable()
      .openapi({ description: "Null where the image was given as aligned." }),
    crop: z.string().optional().openapi({
      format: "byte",
      description: "Aligned face, where `crops` asks for it.",
    }),
  })
  .openapi("Face");
export type Face = z.infer<typeof Face>;

const EmbeddedImage = z.object({
  width: z.int().openapi({ description: "Of the upright image, pixels." }),
  height: z.int(),
  found: z.int().openapi({
    description: "Faces found; more than `faces` has where fewer were asked for.",
  }),
  faces: z.array(Face),
});

export const CreateEmbeddingsResponse = z
  .object({
    model: ModelReference,
    dimension: z.int(),
    arithmetic: Arithmetic,
    images: z.array(EmbeddedImage),
  })
  .openapi("CreateEmbeddingsResponse");
export type CreateEmbeddingsResponse = z.infer<typeof CreateEmbeddingsResponse>;

/** Images of a message. */
export const EmbedImagesRequest = strictObject({
  images: z
    .array(Bytes)
    .min(1)
    .max(256)
    .openapi({ description: "JPEG, PNG or WebP files, or pictures as binary PPM." }),
}).openapi("EmbedImagesRequest");
export type EmbedImagesRequest = z.infer<typeof EmbedImagesRequest>;

/** A face as a message has it. */
const EmbeddedFace = Face.extend({ embedding: Float32s, crop: Bytes.optional() });
export type EmbeddedFace = z.infer<typeof EmbeddedFace>;

/** {@link CreateEmbeddingsResponse} as a message. */
export const EmbedImagesResponse = CreateEmbeddingsResponse.extend({
  images: z.array(EmbeddedImage.extend({ faces: z.array(EmbeddedFace) })),
}).openapi("EmbedImagesResponse");
export type EmbedImagesResponse = z.infer<typeof EmbedImagesResponse>;

export const EmbedderDescription = z
  .object({
    name: EmbedderName,
    sha256: z.string(),
    dimension: z.int(),
    licence: z.string(),
    ...ModelStatus,
    arithmetic: Arithmetic.nullable().openapi({ description: "Null until it is loaded." }),
    source: z.string().openapi({
      description: "What it was prepared from: of a built-in one, the npm package and its file.",
    }),
  })
  .openapi("EmbedderDescription");
export type EmbedderDescription = z.infer<typeof EmbedderDescription>;

/** An embedder that was asked for by name is loaded. */
export const LoadedEmbedder = EmbedderDescription.extend({ arithmetic: Arithmetic });
export type LoadedEmbedder = z.infer<typeof LoadedEmbedder>;

/** Media types of tensors over the wire; JSON is the default. */
export const NPY = "application/x-npy";
export const SAFETENSORS = "application/vnd.safetensors";
export const TENSOR_MEDIA_TYPES = ["application/json", NPY, SAFETENSORS] as const;

/** Header that names the model of embeddings in a body that cannot. */
export const MODEL_HEADER = "embedding-model";

/** {@link MODEL_HEADER}, for the OpenAPI `responses` of routes. */
export const modelHeader = {
  [MODEL_HEADER]: {
    description: "Of a binary answer: the embedder, and its file's sha256.",
    schema: { type: "string" as const, example: "mobilefacenet-512; sha256=cf1ade69" },
  },
};

/** Header that says how many faces were found, of an answer whose body cannot. */
export const FACES_FOUND_HEADER = "faces-found";

const binary = { type: "string", format: "binary" } as const;

/** A body of `TENSOR_MEDIA_TYPES`: JSON by `schema`, or the bare tensor. */
export const tensorContent = <T extends z.ZodType>(schema: T) => ({
  "application/json": { schema },
  [NPY]: { schema: binary },
  [SAFETENSORS]: { schema: binary },
});

/** The embeddings route of the embed service, and of the gateway that passes it on. */
export const EMBEDDINGS_ROUTE = {
  method: "post" as const,
  path: "/v1/embeddings",
  operationId: "createEmbeddings",
  tags: ["embeddings"],
  summary: "Embeddings of the faces in images",
  description:
    "Decodes, detects, aligns and embeds. Faces that lie on their side or upside down are found too, and say so.",
  request: {
    query: EmbeddingOptions,
    body: {
      description:
        "JSON with base64 files, a multipart form with fields `images`, or one image file.",
      content: {
        "application/json": { schema: CreateEmbeddingsBody },
        "multipart/form-data": {
          schema: {
            type: "object" as const,
            required: ["images"],
            properties: { images: { type: "array" as const, items: binary } },
          },
        },
        "image/jpeg": { schema: binary },
        "image/png": { schema: binary },
        "image/webp": { schema: binary },
      },
    },
  },
  answer: {
    description: "Faces of every image; as .npy or safetensors the embeddings alone, in order",
    headers: {
      ...modelHeader,
      [FACES_FOUND_HEADER]: {
        description:
          "Of a binary answer: faces found in each image, in order; more than their embeddings where fewer were asked for.",
        schema: { type: "string" as const, example: "1, 40" },
      },
    },
    content: tensorContent(CreateEmbeddingsResponse),
  },
};
