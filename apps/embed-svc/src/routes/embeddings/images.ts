import { type CreateEmbeddingsBody, HyperFaceError } from "@hyperface/contracts";
import { contentType, validatedJson } from "@hyperface/service-kit";
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
  ]);
  if (media === "application/json") {
    const { images } = validatedJson<CreateEmbeddingsBody>(c);
    return images.map((text, i) => ({ bytes: Buffer.from(text, "base64"), name: `image ${i}` }));
  }
  if (media === "multipart/form-data") return readForm(c);
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  if (bytes.length === 0) throw new HyperFaceError("malformed-body", "the body is empty");
  return [{ bytes, name: "the image" }];
}

async function readForm(c: Context): Promise<NamedImage[]> {
  const form = await c.req.formData().catch((cause) => {
    const detail = "the body is no multipart form: is its boundary the Content-Type's?";
    throw new HyperFaceError("malformed-body", detail, { cause });
  });
  const fields = form.getAll("images");
  if (fields.length === 0) {
    throw new HyperFaceError("invalid-request", "the form has no field images: send files in it");
  }
  if (fields.length > MAX_IMAGES) {
    const detail = `${fields.length} images in one request: send at most ${MAX_IMAGES}`;
    throw new HyperFaceError("too-many-images", detail);
  }
  return Promise.all(
    fields.map(async (field, i) => {
      if (typeof field === "string") {
        throw new HyperFaceError("invalid-request", `images ${i} is text: send it as a file`);
      }
      const name = field.name ? `image ${i} (${field.name})` : `image ${i}`;
      return { bytes: new Uint8Array(await field.arrayBuffer()), name };
    }),
  );
}
