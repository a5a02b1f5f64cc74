import { randomStream } from "@hyperface/hypersphere";
import sharp from "sharp";
import type { Chance } from "../hostile/chance.ts";

/** A portrait made worse. */
type Worsen = (portrait: Buffer, chance: Chance) => Promise<Buffer>;

/** Of a portrait, pixels. */
export const SIDE = 256;

/** A number from `from` to `to`, as likely in each octave. */
const between = (chance: Chance, from: number, to: number) =>
  from * (to / from) ** (chance.whole(0, 1000) / 1000);

const resize = (file: Buffer, side: number, kernel: "lanczos3" | "cubic" | "linear" | "nearest") =>
  sharp(file).resize(Math.round(side), Math.round(side), { kernel }).png().toBuffer();
const smooth = (chance: Chance) => chance.of(["lanczos3", "cubic", "linear"] as const);
const shrink = (file: Buffer, chance: Chance) =>
  resize(file, between(chance, 8, SIDE), smooth(chance));

async function addNoise(file: Buffer, chance: Chance): Promise<Buffer> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  const sigma = between(chance, 2, 50);
  const noise = randomStream(chance.whole(0, 2 ** 31), "noise").gaussian(data.length);
  for (let k = 0; k < data.length; k++) {
    const value = (data[k] as number) + sigma * (noise[k] as number);
    data[k] = Math.min(255, Math.max(0, Math.round(value)));
  }
  const { width, height, channels } = info;
  return sharp(data, { raw: { width, height, channels } }).png().toBuffer();
}

const compress = (file: Buffer, quality: number) => sharp(file).jpeg({ quality }).toBuffer();

/** What cameras, screens and thumbnails do to a face. */
export const ORDINARY: Record<string, Worsen> = {
  smaller: shrink,
  blurred: (file, chance) =>
    sharp(file)
      .blur(between(chance, 0.5, 12))
      .png()
      .toBuffer(),
  smallerAndBlurred: async (file, chance) =>
    sharp(await resize(file, between(chance, 24, SIDE), smooth(chance)))
      .blur(between(chance, 0.4, 3))
      .png()
      .toBuffer(),
  enlargedAgain: async (file, chance) =>
    resize(await shrink(file, chance), between(chance, 64, SIDE), smooth(chance)),
  noisy: addNoise,
  noisyAndSmaller: async (file, chance) =>
    resize(await addNoise(file, chance), between(chance, 64, SIDE), smooth(chance)),
  compressed: async (file, chance) =>
    compress(await resize(file, between(chance, 48, SIDE), "lanczos3"), chance.whole(60, 95)),
};

/** What the figures do not see. */
export const UNSEEN: Record<string, Worsen> = {
  compressedAway: async (file, chance) =>
    compress(await resize(file, between(chance, 48, SIDE), "lanczos3"), chance.whole(5, 40)),
  pixelsRepeated: async (file, chance) => resize(await shrink(file, chance), SIDE, "nearest"),
};
