import { type EmbeddingOptions, HyperFaceError } from "@hyperface/contracts";
import type { DecodeLimits, ImageHeader, NamedImage } from "./decode.ts";

export interface RequestLimits extends DecodeLimits {
  /** Most pixels of all images of a request, by their headers. */
  maxRequestPixels: number;
}

/** Most faces a request may ask for: what 256 images of 16 each have. */
const MAX_FACES = 4096;
/** A byte of a photograph describes ten pixels or so. Those beyond this have nothing to show, and all of a request together are as many as one image may have. */
const PIXELS_A_BYTE = 64;

/**
 * Refuses more faces than a request is worth, before anything is read.
 * @throws HyperFaceError `too-many-faces`
 */
export function checkFaceCount(images: number, { faces, maxFaces }: EmbeddingOptions): void {
  if (faces !== "all" || images * maxFaces <= MAX_FACES) return;
  const most = Math.floor(MAX_FACES / images);
  throw new HyperFaceError(
    "too-many-faces",
    `${images} images of up to ${maxFaces} faces each are more than ${MAX_FACES} faces in one request: send maxFaces=${most}, or fewer images at a time`,
  );
}

/**
 * Refuses more pixels than a request is worth, before anything is decoded.
 * @throws HyperFaceError `too-many-pixels`
 */
export function checkPixels(
  files: readonly NamedImage[],
  headers: readonly ImageHeader[],
  { maxRequestPixels, maxPixels }: RequestLimits,
): void {
  const total = headers.reduce((sum, { pixels }) => sum + pixels, 0);
  const images = `the ${files.length} images have ${megapixels(total)} megapixels together`;
  const instead = "send fewer at a time, or smaller ones";
  if (total > maxRequestPixels) {
    const detail = `${images}, over ${megapixels(maxRequestPixels)} in one request: ${instead}`;
    throw new HyperFaceError("too-many-pixels", detail);
  }
  const hollow = headers.reduce((sum, { pixels }, i) => {
    const described = PIXELS_A_BYTE * (files[i] as NamedImage).bytes.length;
    return sum + Math.max(0, pixels - described);
  }, 0);
  if (hollow > maxPixels) {
    const detail = `${images}, ${megapixels(hollow)} of which have less than a byte for each ${PIXELS_A_BYTE}, over ${megapixels(maxPixels)} such in one request: ${instead}`;
    throw new HyperFaceError("too-many-pixels", detail);
  }
}

const megapixels = (pixels: number) => Math.floor(pixels / 1e6);
