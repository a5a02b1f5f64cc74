import { type EmbeddingOptions, HyperFaceError } from "@hyperface/contracts";
import type { ImageSize } from "./decode.ts";

export interface RequestLimits {
  /** Most pixels of all images of a request, by their headers. */
  maxRequestPixels: number;
}

/** Most faces a request may ask for: what 256 images of 16 each have. */
const MAX_FACES = 4096;

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
export function checkPixels(sizes: ImageSize[], { maxRequestPixels }: RequestLimits): void {
  const total = sizes.reduce((sum, { width, height }) => sum + width * height, 0);
  if (total <= maxRequestPixels) return;
  const megapixels = (pixels: number) => Math.floor(pixels / 1e6);
  throw new HyperFaceError(
    "too-many-pixels",
    `the ${sizes.length} images have ${megapixels(total)} megapixels together, over ${megapixels(maxRequestPixels)} in one request: send fewer at a time, or smaller ones`,
  );
}
