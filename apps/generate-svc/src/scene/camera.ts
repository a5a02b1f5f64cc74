import type { CameraSettings } from "@hyperface/contracts";
import { rawImage } from "@hyperface/image-files";
import sharp from "sharp";
import type { Pixels } from "../generators/generator.ts";
import type { SampleKey } from "../noise.ts";
import { createDraws } from "./draws.ts";
import { clamp } from "./raster.ts";

/** How a sample is photographed, from its own random numbers: most a little worse than a studio would, some far worse. */
export function drawCamera(key: SampleKey): CameraSettings {
  const draws = createDraws("camera", key);
  const rounded = (value: number) => Math.round(1000 * value) / 1000;
  return {
    exposure: rounded(clamp(draws.normal(0, 0.25), -0.8, 0.8)),
    warmth: rounded(clamp(draws.normal(0, 0.05), -0.15, 0.15)),
    blur: rounded(1.2 * draws.uniform() ** 2),
    resolution: rounded(1 - 0.65 * draws.uniform() ** 2),
    quality: 40 + draws.integer(56),
  };
}

/** The smallest blur that sharp takes. */
const LEAST_BLUR = 0.3;

/** A picture as a camera of these settings keeps it, at its own size. */
export async function photograph({ size, data }: Pixels, camera: CameraSettings): Promise<Pixels> {
  const { exposure, warmth, blur, resolution, quality } = camera;
  const gain = 2 ** exposure;
  const gains = [gain * (1 + warmth), gain, gain * (1 - warmth)];
  const side = Math.max(16, Math.round(resolution * size));
  const lit = rawImage(data, size).linear(gains, [0, 0, 0]);
  const seen = blur < LEAST_BLUR ? lit : lit.blur((blur * size) / 128);
  // In two steps: sharp resizes before it blurs, whatever the order of the calls.
  const soft = await seen.raw().toBuffer();
  const kept = await rawImage(soft, size).resize(side).jpeg({ quality }).toBuffer();
  return { size, data: await sharp(kept).resize(size).raw().toBuffer() };
}
