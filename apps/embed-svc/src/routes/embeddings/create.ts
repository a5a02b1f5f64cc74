import {
  ALIGNED_SIDE,
  type CreateEmbeddingsResponse,
  type EmbeddedFace as DescribedFace,
  EMBEDDINGS_ROUTE,
  type EmbeddingOptions,
  EmbedImagesRequest,
  EmbedImagesResponse,
  FACES_FOUND_HEADER,
  type Face,
  type ImageFormat,
  MESSAGE,
  MODEL_HEADER,
  messageContent,
  NPY,
  TENSOR_MEDIA_TYPES,
} from "@hyperface/contracts";
import { encodeNpy, encodeSafetensors } from "@hyperface/formats";
import { encodeImage, rawImage, readDescription } from "@hyperface/image-files";
import {
  answerMessage,
  clientSignal,
  createRoute,
  negotiate,
  notJson,
  problems,
  type ServiceApp,
} from "@hyperface/service-kit";
import type { NamedImage } from "../../pipeline/decode.ts";
import type { EmbeddedFace, EmbeddedImage, Pipeline } from "../../pipeline/index.ts";
import { readImages } from "./images.ts";

const { answer, request, ...shared } = EMBEDDINGS_ROUTE;
/** A client's route, which takes and gives messages too. */
const route = createRoute({
  ...shared,
  request: {
    ...request,
    body: {
      ...request.body,
      content: { ...request.body.content, ...messageContent(EmbedImagesRequest) },
    },
  },
  responses: {
    200: { ...answer, content: { ...answer.content, ...messageContent(EmbedImagesResponse) } },
    ...problems(400, 406, 413, 415, 422, 503),
  },
});

export function createEmbeddingsRoute(app: ServiceApp, { pipeline }: { pipeline: Pipeline }): void {
  app.openapi(route, async (c) => {
    const media = negotiate(c, [...TENSOR_MEDIA_TYPES, MESSAGE]);
    const options = c.req.valid("query");
    const files = await readImages(c);
    const { embedder, images } = await pipeline.embedImages(files, options, clientSignal(c));
    const { name, sha256, dimension, arithmetic } = embedder;
    if (media === "application/json" || media === MESSAGE) {
      const described = await Promise.all(
        images.map((image, i) => describeImage(image, files[i] as NamedImage, options)),
      );
      const answer = { model: { name, sha256 }, dimension, arithmetic, images: described };
      return media === MESSAGE
        ? answerMessage(c, EmbedImagesResponse, answer)
        : c.json(asJson(answer), 200);
    }
    const bytes = media === NPY ? asNpy(images, dimension) : asSafetensors(images, dimension, name);
    const headers = {
      "content-type": media,
      [MODEL_HEADER]: `${name}; sha256=${sha256}`,
      [FACES_FOUND_HEADER]: images.map(({ found }) => found).join(", "),
    };
    return notJson(c.body(bytes as Uint8Array<ArrayBuffer>, 200, headers));
  });
}

async function describeImage(
  { width, height, found, faces }: EmbeddedImage,
  { bytes, pixmap }: NamedImage,
  { crops, cropFormat }: EmbeddingOptions,
) {
  const read = () => (pixmap ? pixmap.description : readDescription(bytes));
  const said = crops ? await read() : undefined;
  const described = faces.map(async (face): Promise<DescribedFace> => {
    const detection = describeDetection(face);
    const { embedding, quality } = face;
    return crops
      ? { embedding, quality, detection, crop: await encodeCrop(face, cropFormat, said) }
      : { embedding, quality, detection };
  });
  return { width, height, found, faces: await Promise.all(described) };
}

const asJson = ({ images, ...rest }: EmbedImagesResponse): CreateEmbeddingsResponse => ({
  ...rest,
  images: images.map((image) => ({ ...image, faces: image.faces.map(faceAsJson) })),
});

function faceAsJson({ embedding, quality, detection, crop }: DescribedFace): Face {
  const face = { embedding: [...embedding], quality, detection };
  return crop ? { ...face, crop: Buffer.from(crop).toString("base64") } : face;
}

function describeDetection({ detection }: EmbeddedFace): Face["detection"] {
  if (!detection) return null;
  const { x1, y1, x2, y2, score, landmarks, turn } = detection;
  return {
    box: { x: x1, y: y1, width: x2 - x1, height: y2 - y1 },
    score,
    turn,
    landmarks: landmarks.map(([x, y]): [number, number] => [x, y]),
  };
}

async function encodeCrop(
  { aligned }: EmbeddedFace,
  format: ImageFormat,
  description: string | undefined,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(aligned.length);
  for (let k = 0; k < bytes.length; k++) bytes[k] = Math.round(aligned[k] as number);
  return encodeImage(rawImage(bytes, ALIGNED_SIDE), format, description);
}

function stack(images: EmbeddedImage[], dimension: number) {
  const faces = images.flatMap((image) => image.faces);
  const data = new Float32Array(faces.length * dimension);
  for (const [i, { embedding }] of faces.entries()) data.set(embedding, i * dimension);
  return { data, shape: [faces.length, dimension] };
}

const asNpy = (images: EmbeddedImage[], dimension: number) => encodeNpy(stack(images, dimension));

/** `embeddings` [n, d], and `images` [n]: the image each face is from. */
function asSafetensors(images: EmbeddedImage[], dimension: number, model: string): Uint8Array {
  const owners = images.flatMap(({ faces }, i) => faces.map(() => i));
  return encodeSafetensors({
    tensors: {
      embeddings: stack(images, dimension),
      images: { data: Int32Array.from(owners), shape: [owners.length] },
    },
    metadata: { model },
  });
}
