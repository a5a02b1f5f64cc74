import { readFile } from "node:fs/promises";
import { EmbeddingOptions } from "@hyperface/contracts";
import { cosine } from "@hyperface/hypersphere";
import sharp from "sharp";
import { afterAll, describe, expect, test } from "vitest";
import { type QuarterTurns, turn, turnBack, turnSourceBack, warp } from "./pixels.ts";
import { testPipeline } from "./test-pipeline.ts";

const face = await readFile(new URL("../../fixtures/face.png", import.meta.url));
const pipeline = testPipeline();
afterAll(() => pipeline.close());
const embed = async (bytes: Uint8Array) => {
  const options = EmbeddingOptions.parse({ faces: "all", allowMissing: "true" });
  const { images } = await pipeline.embedImages([{ bytes, name: "it" }], options);
  const [image] = images;
  return image?.faces ?? [];
};

describe.each([90, 180, 270])("a face turned by %d degrees", (degrees) => {
  test("has the upright one's embedding, and says how it lay", async () => {
    const [upright] = await embed(face);
    const [turned, ...others] = await embed(await sharp(face).rotate(degrees).png().toBuffer());
    expect(others).toEqual([]);
    expect(cosine(turned?.embedding ?? [], upright?.embedding ?? [])).toBeGreaterThan(0.98);
    expect(upright?.detection?.turn).toBe(0);
    expect(turned?.detection?.turn).toBe(360 - degrees);
    const quarters = (4 - degrees / 90) as QuarterTurns;
    for (const [k, [x, y]] of (upright?.detection?.landmarks ?? []).entries()) {
      const [u, v] = turnBack([x, y], { width: 160, height: 160 }, quarters);
      const [found = 0, also = 0] = turned?.detection?.landmarks[k] ?? [];
      expect(Math.hypot(found - u, also - v)).toBeLessThan(1.5);
    }
  });
});

test("a smooth face whose half turn looks nearly as much like one is found as it stands, and turned never as another", async () => {
  // Drawn by the default generator: its odds lead by half of what a turned way must lead by.
  const smooth = await readFile(new URL("../../fixtures/smooth-face.png", import.meta.url));
  const [upright, ...others] = await embed(smooth);
  expect(others).toEqual([]);
  expect(upright?.detection?.turn).toBe(0);
  for (const degrees of [90, 180, 270]) {
    for (const found of await embed(await sharp(smooth).rotate(degrees).png().toBuffer())) {
      expect(cosine(found.embedding, upright?.embedding ?? [])).toBeGreaterThan(0.9);
    }
  }
});

test("an upside-down face beside an upright one is not answered with anybody's embedding", async () => {
  const create = { width: 320, height: 160, channels: 3, background: "#888" } as const;
  const both = await sharp({ create })
    .composite([
      { input: await sharp(face).rotate(180).png().toBuffer(), left: 0, top: 0 },
      { input: face, left: 160, top: 0 },
    ])
    .png()
    .toBuffer();
  const [upright] = await embed(face);
  for (const { embedding } of await embed(both)) {
    expect(cosine(embedding, upright?.embedding ?? [])).toBeGreaterThan(0.9);
  }
});

describe.each([1, 2, 3] as const)("%d quarters", (quarters) => {
  const data = Uint8Array.from({ length: 5 * 3 * 3 }, (_, k) => k);
  const image = { width: 5, height: 3, data };

  test("are what sharp turns", async () => {
    const raw = { width: 5, height: 3, channels: 3 as const };
    const expected = await sharp(data, { raw })
      .rotate(90 * quarters)
      .raw()
      .toBuffer();
    expect([...turn(image, quarters).data]).toEqual([...expected]);
  });

  test("are turned back point by point", () => {
    const turned = turn(image, quarters);
    for (let y = 0; y < turned.height; y++) {
      for (let x = 0; x < turned.width; x++) {
        const [u, v] = turnBack([x, y], image, quarters);
        expect(data[3 * (v * 5 + u)]).toBe(turned.data[3 * (y * turned.width + x)]);
      }
    }
  });

  test("of a square taken are the square taken from what is turned", () => {
    const toTurned = { a: 0.8, b: 0.3, c: 0.4, d: -0.7 };
    const expected = warp(turn(image, quarters), toTurned, 4);
    const taken = warp(image, turnSourceBack(toTurned, image, quarters), 4);
    for (const [k, value] of expected.entries()) expect(taken[k]).toBeCloseTo(value, 3);
  });
});

test("a large face is the same where only large ones are looked for", async () => {
  const square = { left: 26, top: 26, width: 108, height: 108 };
  const close = await sharp(face).extract(square).png().toBuffer();
  const look = async (smallestFace: string) => {
    const options = EmbeddingOptions.parse({ smallestFace });
    const { images } = await pipeline.embedImages([{ bytes: close, name: "it" }], options);
    return images[0]?.faces[0];
  };
  const [all, large] = await Promise.all([look("0.125"), look("0.3")]);
  expect(large?.detection?.landmarks).toEqual(all?.detection?.landmarks);
  expect(large?.embedding).toEqual(all?.embedding);
});
