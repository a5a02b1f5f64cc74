import {
  type CreateEmbeddingsBody,
  EmbedImagesRequest,
  errorAt,
  HyperFaceError,
  MESSAGE,
  whyUnknown,
} from "@hyperface/contracts";
import { decodePixmap } from "@hyperface/image-files";
import { contentType, readForm, readMessage, validatedJson } from "@hyperface/service-kit";
import type { Context } from "hono";
import type { NamedImage } from "../../pipeline/decode.ts";

const MAX_IMAGES = 256;

/**
 * The image files of a request, whichever way they were sent.
 * @throws HyperFaceError `unsupported-media-type`, `malformed-body`, `invalid-request`, `too-many-images`
 */
export async function readImages(c: Context): Promise<NamedImage[]> {
  const media = contentType(c, [
    "application/json",
    "multipart/form-data",
    "image/jpeg",
    "image/png",
    "image/webp",
    MESSAGE,
  ]);
  if (media === "application/json") {
    const { images } = validatedJson<CreateEmbeddingsBody>(c);
    return images.map((text, i) => ({ bytes: readBase64(text, i), name: `image ${i}` }));
  }
  if (media === MESSAGE) {
    const { images } = await readMessage(c, EmbedImagesRequest);
    return images.map((bytes, i) => ({
      ...{ bytes, name: `image ${i}` },
      pixmap: decodePixmap(bytes),
    }));
  }
  if (media === "multipart/form-data") return readFiles(c);
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  if (bytes.length === 0) throw new HyperFaceError("malformed-body", "the body is empty");
  return [{ bytes, name: "the image" }];
}

/** Line breaks and a data: URL's head do not spoil base64. */
function readBase64(text: string, i: number): Uint8Array {
  const digits = text.replace(/^data:[^,]{0,200};base64,/i, "").replace(/\s+/g, "");
  const unpadded = digits.replace(/={1,2}$/, "");
  if (unpadded === "" || unpadded.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(unpadded)) {
    const pointer = `/images/${i}`;
    const detail =
      "is not base64: it is made of A to Z, a to z, 0 to 9, + and /, with = at the end";
    throw errorAt("invalid-request", pointer, detail, `${pointer} ${detail}`);
  }
  return Buffer.from(unpadded, "base64");
}

async function readFiles(c: Context): Promise<NamedImage[]> {
  const parts = await readForm(c);
  const other = parts.find(({ name }) => name !== "images");
  if (other) {
    const detail = whyUnknown(other.name, ["images"]);
    throw errorAt("invalid-request", `/${other.name}`, detail, `the form's field ${detail}`);
  }
  if (parts.length === 0) {
    throw new HyperFaceError("invalid-request", "the form has no field images: send files in it");
  }
  if (parts.length > MAX_IMAGES) {
    const detail = `${parts.length} images in one request: send at most ${MAX_IMAGES}`;
    throw new HyperFaceError("too-many-images", detail);
  }
  return parts.map(({ filename, bytes }, i) => {
    if (filename === undefined) {
      throw new HyperFaceError("invalid-request", `images ${i} is text: send it as a file`);
    }
    return { bytes, name: filename ? `image ${i} (${filename})` : `image ${i}` };
  });
}
