import { ImageFormat } from "@hyperface/contracts";
import { encodeImage, rawImage } from "@hyperface/image-files";
import { nameArithmetic, probeValues } from "@hyperface/inference";
import sharp from "sharp";
import type { Generator } from "./generators/generator.ts";
import { resized } from "./images.ts";
import { composePortrait } from "./scene/compose.ts";
import type { MatteNetwork } from "./scene/matte.ts";

/**
 * The arithmetic that images are made with here: the generator's graphs, the matte, the composing, and each encoder.
 * Of equal names, equal requests have equal bytes.
 */
export async function imageArithmetic(generator: Generator, network: MatteNetwork) {
  const { frame } = generator;
  const { size } = frame;
  const data = Uint8Array.from(probeValues(3 * size * size), (value) => Math.floor(256 * value));
  const matte = await network(data, frame);
  const composed = composePortrait({ data, matte, frame }, "outdoor", PROBE);
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

const PROBE = { seed: 0, identity: 0, sample: 0 };
