import { randomStream } from "@hyperface/hypersphere";
import sharp from "sharp";
import { CANVAS_SIDE } from "../templates.ts";

/** Pixels across the canvas: 14 across the ArcFace crop, about 6 between the eyes. */
const COARSE_SIDE = 18;
/** Share of the light that is left, how much of it comes from one side, and noise in grey levels. */
const GAIN = 0.6;
const SIDE_LIGHT = 0.8;
const NOISE = 6;

/** A canvas [80, 80] as a camera far away and in bad light sees the face; the same for the same `person`. */
export async function throughPoorCamera(face: Uint8Array, person: number): Promise<Uint8Array> {
  const coarse = await resize(face, CANVAS_SIDE, COARSE_SIDE);
  const soft = await resize(coarse, COARSE_SIDE, CANVAS_SIDE);
  const noise = randomStream(person, "bench-poor-camera").gaussian(soft.length);
  const side = person % 2 === 0 ? SIDE_LIGHT : -SIDE_LIGHT;
  const seen = soft.map((level, i) => {
    const across = (i % CANVAS_SIDE) / (CANVAS_SIDE - 1) - 0.5;
    const light = level * GAIN * (1 + side * across);
    return Math.min(255, Math.max(0, Math.round(light + NOISE * (noise[i] as number))));
  });
  return seen;
}

async function resize(grey: Uint8Array, from: number, to: number): Promise<Uint8Array> {
  const raw = { width: from, height: from, channels: 1 } as const;
  return new Uint8Array(
    await sharp(grey, { raw }).resize(to, to).toColourspace("b-w").raw().toBuffer(),
  );
}
