import type { ImageFormat, ImageItem, Provenance } from "@hyperface/contracts";
import { HyperFaceError } from "@hyperface/contracts";
import { normalise } from "@hyperface/vectors";
import sharp, { type Sharp } from "sharp";
import type { Generator } from "./generators/generator.ts";
import { sampleEmbedding, sampleLatent } from "./noise.ts";

export interface ImageOptions {
  format: ImageFormat;
  /** Side in pixels; the generator's own where undefined. */
  size?: number | undefined;
  labels: Record<string, string>;
}

export interface EncodedImage {
  bytes: Uint8Array;
  provenance: Provenance;
}

/**
 * Algorithm 3 for one sample: Eq. 3's embedding and z, both keyed by (seed, identity, sample), through
 * the generator, encoded with its provenance inside the file. A pure function of its arguments.
 * @param reference unit embedding of the identity, checked by {@link checkReference}
 */
export async function makeImage(
  generator: Generator,
  reference: Float32Array,
  item: Omit<ImageItem, "embedding">,
  options: ImageOptions,
): Promise<EncodedImage> {
  const { description } = generator;
  const embedding = sampleEmbedding(reference, item.beta, item);
  const pixels = await generator.generate(
    embedding,
    sampleLatent(item, description.latentDimension),
  );
  const provenance: Provenance = {
    generator: { name: description.name, sha256: description.sha256 },
    embedder: description.embedder,
    identity: item.identity,
    sample: item.sample,
    beta: item.beta,
    seed: item.seed,
    labels: options.labels,
  };
  const { size } = pixels;
  const raw = sharp(pixels.data, { raw: { width: size, height: size, channels: 3 } });
  const sized = options.size && options.size !== size ? raw.resize(options.size) : raw;
  const bytes = await ENCODERS[options.format](sized)
    .withExif({ IFD0: { ImageDescription: JSON.stringify(provenance) } })
    .toBuffer();
  return { bytes, provenance };
}

const ENCODERS: Record<ImageFormat, (image: Sharp) => Sharp> = {
  png: (image) => image.png(),
  webp: (image) => image.webp({ quality: 90 }),
  jpeg: (image) => image.jpeg({ quality: 92, chromaSubsampling: "4:4:4" }),
};

/**
 * A request's vector as the unit embedding that `generator` takes.
 * @param pointer where the vector stands in the request
 * @throws HyperFaceError `dimension-mismatch`, or `invalid-vector` where it is not of unit length to 1e-3
 */
export function checkReference(
  generator: Generator,
  vector: readonly number[],
  pointer: string,
): Float32Array {
  const { embeddingDimension, embedder } = generator.description;
  if (vector.length !== embeddingDimension) {
    const detail = `an embedding of ${embedder.name} has ${embeddingDimension} numbers, this one ${vector.length}`;
    throw new HyperFaceError("dimension-mismatch", detail, { errors: [{ pointer, detail }] });
  }
  const length = Math.hypot(...vector);
  if (Math.abs(length - 1) > 1e-3) {
    const detail = `an embedding has length 1, this one ${length}: normalise it`;
    throw new HyperFaceError("invalid-vector", detail, { errors: [{ pointer, detail }] });
  }
  return normalise(vector);
}
