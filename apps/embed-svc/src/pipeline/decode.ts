import { HyperFaceError } from "@hyperface/contracts";
import sharp from "sharp";
import type { Pixels } from "./pixels.ts";

export interface DecodeLimits {
  /** Largest image file, bytes. */
  maxBytes: number;
  /** Largest image, pixels; read from its header, before anything is decoded. */
  maxPixels: number;
}

/** A detector looks at far less, and a face of a 112th of this side still fills its aligned frame. */
const WORKING_SIDE = 2048;

export interface DecodedImage extends Pixels {
  /** Pixels of the file per pixel here: above 1 where it was larger than needed. */
  zoom: number;
  /** Size of the upright image in the file. */
  original: { width: number; height: number };
}

/**
 * An image file as upright RGB, at most 2048 pixels a side.
 * @param name what the caller calls it, for the error
 * @throws HyperFaceError `image-too-large`, `unreadable-image`
 */
export async function decodeImage(
  bytes: Uint8Array,
  name: string,
  { maxBytes, maxPixels }: DecodeLimits,
): Promise<DecodedImage> {
  if (bytes.length > maxBytes) {
    const limit = `${Math.floor(maxBytes / 2 ** 20)} MiB`;
    throw new HyperFaceError("image-too-large", `${name} has ${bytes.length} bytes, over ${limit}`);
  }
  // What is none of the three never reaches a decoder.
  if (!isKnown(bytes)) {
    throw new HyperFaceError("unreadable-image", `${name} is no JPEG, PNG or WebP file`);
  }
  const unreadable = (error: Error): never => {
    const why = error.message.split("\n")[0];
    throw new HyperFaceError(
      "unreadable-image",
      `${name} cannot be decoded (${why}): send it whole`,
      { cause: error },
    );
  };
  const image = sharp(bytes, { limitInputPixels: false });
  const { width, height } = await image.metadata().catch(unreadable);
  if (width * height > maxPixels) {
    throw new HyperFaceError(
      "image-too-large",
      `${name} is ${width} x ${height}, over ${Math.floor(maxPixels / 1e6)} megapixels: send it smaller`,
    );
  }
  const { data, info } = await image
    .autoOrient()
    .flatten({ background: "#7f7f7f" })
    .toColourspace("srgb")
    .resize(WORKING_SIDE, WORKING_SIDE, { fit: "inside", withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(unreadable);
  const zoom = Math.max(1, Math.max(width, height) / WORKING_SIDE);
  const turned = info.width >= info.height !== width >= height;
  return {
    data: info.channels === 3 ? data : greyToRgb(data),
    width: info.width,
    height: info.height,
    zoom,
    original: turned ? { width: height, height: width } : { width, height },
  };
}

function greyToRgb(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let i = 0; i < grey.length; i++) rgb.fill(grey[i] as number, 3 * i, 3 * i + 3);
  return rgb;
}

function isKnown(bytes: Uint8Array): boolean {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  return (
    text(0, 3) === "\xff\xd8\xff" ||
    text(0, 8) === "\x89PNG\r\n\x1a\n" ||
    (text(0, 4) === "RIFF" && text(8, 12) === "WEBP")
  );
}
