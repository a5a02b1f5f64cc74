import { readFile } from "node:fs/promises";
import type { GroundKind } from "@hyperface/contracts";
import sharp from "sharp";
import { expect, test } from "vitest";
import cases from "../../fixtures/scene/cases.json" with { type: "json" };
import { composePortrait } from "./compose.ts";
import { createFrame } from "./frame.ts";

/** The bytes of one of fixtures/scene's pictures. */
async function pixelsOf(file: string) {
  const bytes = await readFile(new URL(`../../fixtures/scene/${file}`, import.meta.url));
  return sharp(bytes).raw().toBuffer({ resolveWithObject: true });
}

/** A picture whose fourth channel is its matte. */
async function readPortrait(file: string, scale: number) {
  const { data, info } = await pixelsOf(file);
  return {
    data: data.filter((_, k) => k % 4 < 3),
    matte: Float32Array.from(
      { length: data.length / 4 },
      (_, p) => (data[4 * p + 3] as number) / 255,
    ),
    frame: createFrame(info.width, scale),
  };
}

// fixtures/scene/make.py: all of the rows, or one in so many, of pictures composed by an implementation of its own.
test.each(cases)(
  "$file is the known picture, to a grey level: $garment",
  async ({ file, portrait, scale, kind, key }) => {
    const { data: known, info } = await pixelsOf(file);
    const read = await readPortrait(portrait, scale);
    const picture = composePortrait(read, kind as GroundKind, key);
    const line = 3 * info.width;
    expect(picture.length).toBe(line * info.width);
    const step = info.width / info.height;
    const apart = Array.from(known, (value, k) => {
      const row = step * Math.floor(k / line) + Math.floor(step / 2);
      return Math.abs(value - (picture[row * line + (k % line)] as number));
    });
    const [most, sum] = [Math.max(...apart), apart.reduce((total, one) => total + one, 0)];
    expect(most).toBeLessThanOrEqual(1);
    expect(sum / known.length).toBeLessThan(0.001);
  },
);
