import type { GeneratedImage } from "@hyperface/contracts";
import { LRUCache } from "lru-cache";

export type MadeImage = GeneratedImage & { etag: string };

/** Images by their ETags, which say all that an image is a function of: one that is found is the one asked for. */
export interface ImageCache {
  get(etag: string): MadeImage | undefined;
  keep(image: MadeImage): void;
}

/** @param bytes of the images that are kept, those that were asked for last; 0: none */
export function createImageCache(bytes: number): ImageCache {
  if (bytes === 0) return { get: () => undefined, keep: () => {} };
  const kept = new LRUCache<string, MadeImage>({
    maxSize: bytes,
    sizeCalculation: ({ data, provenance }) => data.length + JSON.stringify(provenance).length,
  });
  return {
    get: (etag) => kept.get(etag),
    keep: (image) => void kept.set(image.etag, image),
  };
}
