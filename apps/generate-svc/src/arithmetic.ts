import { ImageFormat } from "@hyperface/contracts";
import { encodeImage, rawImage } from "@hyperface/image-files";
import { nameArithmetic, probeValues } from "@hyperface/inference";
import sharp from "sharp";
import type { Generator, Pixels } from "./generators/generator.ts";
import { resized } from "./images.ts";
import { composePortrait } from "./scene/compose.ts";
import type { Frame } from "./scene/frame.ts";
import type { Matte } from "./scene/matte.ts";

/**
 * The arithmetic that images are made with here: the generator's graphs, the matte, the composing, and each encoder.
 * Of equal names, equal requests have equal bytes.
 */
export async function imageArithmetic(generator: Generator, matteOf: Matte) {
  const { size } = generator.description;
  const data = Uint8Array.from(probeValues(3 * size * size), (value) => Math.floor(256 * value));
  const pixels = { size, data, alpha: probeValues(size * size) };
  const { composed, matte } = await compose(pixels, generator.frame, matteOf);
  const encoded = ImageFormat.options.map((format) =>
    encodeImage(resized(rawImage(composed, size), size, { size: size + 32 }), format),
  );
  return nameArithmetic({ libvips: sharp.versions.vips }, [
    ...(await generator.probe()),
    matte,
    composed,
    ...(await Promise.all(encoded)),
  ]);
}

/** A picture that nothing is drawn behind stays as it is. */
async function compose(pixels: Pixels, frame: Frame | null, matteOf: Matte) {
  const { data } = pixels;
  if (!frame) return { composed: data, matte: new Float32Array() };
  const matte = await matteOf(pixels, frame);
  return { composed: composePortrait({ data, matte, frame }, "outdoor", PROBE), matte };
}

const PROBE = { seed: 0, identity: 0, sample: 0 };
