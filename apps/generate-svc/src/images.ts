import { isDeepStrictEqual } from "node:util";
import {
  errorAt,
  type GenerateImagesRequest,
  type ImageItem,
  type PictureFormat,
  type Provenance,
  samplingOf,
} from "@hyperface/contracts";
import { encodeImage, encodePixmap, rawImage } from "@hyperface/image-files";
import { normalise } from "@hyperface/vectors";
import type { Sharp } from "sharp";
import type { AxisValues } from "./generators/controls.ts";
import type { Generator, Pixels } from "./generators/generator.ts";
import { sampleEmbedding, sampleLatent } from "./noise.ts";
import { drawCamera, photograph } from "./scene/camera.ts";
import { createDraws } from "./scene/draws.ts";
import { faceSquare } from "./scene/frame.ts";
import { drawKind } from "./scene/grounds.ts";
import { raggedness, TORN } from "./scene/head.ts";
import type { Matte } from "./scene/matte.ts";
import type { ScenePainters } from "./scene/threads.ts";

export interface ImageOptions {
  format: PictureFormat;
  /** Side in pixels; the picture's own where undefined. */
  size?: number | undefined;
  crop: GenerateImagesRequest["crop"];
  labels: Record<string, string>;
  /** Ends the work where nobody waits for it any more. */
  signal?: AbortSignal | undefined;
}

export interface EncodedImage {
  bytes: Uint8Array;
  provenance: Provenance;
}

/** What images are made with. */
export interface ImageMakers {
  generator: Generator;
  matte: Matte;
  painters: ScenePainters;
  /** Of all three, and of what encodes. */
  arithmetic: string;
}

/**
 * Algorithm 3 for one sample: Eq. 3's embedding, of the reference as it is drawn, and z, both keyed by (seed, identity, sample), through
 * the generator, encoded with its provenance inside the file. A pure function of its arguments.
 * @param drawn unit embedding of the identity, checked by {@link checkReference}, drawn by {@link drawReferences}
 */
export async function makeImage(
  makers: ImageMakers,
  drawn: Float32Array,
  item: Omit<ImageItem, "embedding">,
  options: ImageOptions,
): Promise<EncodedImage> {
  const { description } = makers.generator;
  const embedding = sampleEmbedding(drawn, item.beta, item);
  const portrait = await drawPortrait(makers, embedding, item, options.signal);
  const { pixels: scene, ground, axes, draws } = portrait;
  const camera = item.camera === "any" ? drawCamera(item) : null;
  const pixels = camera ? await photograph(scene, camera) : scene;
  const provenance: Provenance = {
    generator: { name: description.name, sha256: description.sha256 },
    embedder: description.embedder,
    identity: item.identity,
    sample: item.sample,
    arithmetic: makers.arithmetic,
    beta: item.beta,
    seed: item.seed,
    ground,
    draw: item.draw,
    axes,
    draws,
    attempts: item.attempt + 1,
    camera,
    sampling: makers.generator.sampling(item),
    labels: options.labels,
  };
  const { frame } = makers.generator;
  const square = options.crop === "face" && frame ? faceSquare(frame) : null;
  const whole = rawImage(pixels.data, pixels.size);
  const picture = square ? whole.extract(square) : whole;
  const file = resized(picture, square ? square.width : pixels.size, options);
  const bytes = await encode(file, options.format, JSON.stringify(provenance));
  return { bytes, provenance };
}

async function encode(
  picture: Sharp,
  format: PictureFormat,
  description: string,
): Promise<Uint8Array> {
  if (format !== "ppm") return encodeImage(picture, format, description);
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return encodePixmap({ width: info.width, height: info.height, data, description });
}

/** References as their items ask for them to be drawn, once where one comes after its like: samples of an identity. */
export function drawReferences(
  { controls: { draw } }: Generator,
  items: readonly Pick<ImageItem, "draw">[],
  references: readonly Float32Array[],
): Float32Array[] {
  const drawn: Float32Array[] = [];
  references.forEach((reference, i) => {
    const strength = items[i]?.draw as number;
    const isAsBefore =
      i > 0 && strength === items[i - 1]?.draw && isDeepStrictEqual(reference, references[i - 1]);
    const before = drawn[i - 1] as Float32Array;
    drawn.push(isAsBefore ? before : (draw?.(reference, strength) ?? reference));
  });
  return drawn;
}

/** A square picture at the size asked for. @param side its own */
export const resized = (picture: Sharp, side: number, { size }: Pick<ImageOptions, "size">) =>
  size && size !== side ? picture.resize(size) : picture;

/** A torn outline asks for another z, so many in an attempt at most. */
const MOST_DRAWS = 3;

/** The generator's picture over the ground asked for. */
async function drawPortrait(
  { generator, matte: matteOf, painters }: ImageMakers,
  embedding: Float32Array,
  item: Omit<ImageItem, "embedding">,
  signal?: AbortSignal,
) {
  const { controls, frame } = generator;
  const sampling = samplingOf(item);
  const draw = async (retry: number) => {
    const k = MOST_DRAWS * item.attempt + retry;
    const free = sampleLatent(item, generator.latentDimension(sampling), k);
    const { z, axes } = controls.steer(free, item);
    const options = { sampling, key: item, draw: k, signal };
    return { pixels: await generator.generate(embedding, z, options), axes };
  };
  if (item.ground === "none" || !frame) {
    return { ...(await draw(0)), ground: "none" as const, draws: 1 };
  }
  const tries: { pixels: Pixels; axes: AxisValues; matte: Float32Array; torn: number }[] = [];
  while (tries.length < MOST_DRAWS && !tries.some(({ torn }) => torn <= TORN)) {
    const { pixels, axes } = await draw(tries.length);
    const matte = await matteOf(pixels, frame);
    tries.push({ pixels, axes, matte, torn: raggedness(matte, frame) });
  }
  const best = tries.reduce((a, b) => (b.torn < a.torn ? b : a));
  const ground = item.ground === "any" ? drawKind(createDraws("ground-kind", item)) : item.ground;
  const { matte, pixels, axes } = best;
  const { seed, identity, sample } = item;
  const portrait = { data: pixels.data, matte, frame };
  const data = await painters.compose(portrait, ground, { seed, identity, sample });
  return { pixels: { ...pixels, data }, ground, axes, draws: tries.length };
}

/**
 * A request's vector as the unit embedding that `generator` takes.
 * @param pointer where the vector stands in the request
 * @throws HyperFaceError `dimension-mismatch`, or `invalid-vector` where it is not of unit length to 1e-3
 */
export function checkReference(
  generator: Generator,
  vector: Float32Array,
  pointer: string,
): Float32Array {
  const { embeddingDimension, embedder } = generator.description;
  if (vector.length !== embeddingDimension) {
    const detail = `an embedding of ${embedder.name} has ${embeddingDimension} numbers, this one ${vector.length}`;
    throw errorAt("dimension-mismatch", pointer, detail);
  }
  const length = Math.hypot(...vector);
  if (Math.abs(length - 1) > 1e-3) {
    const detail = `an embedding has length 1, this one ${length}: normalise it`;
    throw errorAt("invalid-vector", pointer, detail);
  }
  return normalise(vector);
}
