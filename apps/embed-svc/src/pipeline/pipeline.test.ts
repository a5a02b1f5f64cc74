import { readFile } from "node:fs/promises";
import { EmbeddingOptions, type HyperFaceError } from "@hyperface/contracts";
import { cosine } from "@hyperface/hypersphere";
import { testDevice, whyMissing } from "@hyperface/inference/test-device";
import sharp from "sharp";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { alignFace } from "./align.ts";
import type { Pixels, Point } from "./pixels.ts";
import { testPipeline } from "./test-pipeline.ts";

const fixture = (name: string) => readFile(new URL(`../../fixtures/${name}`, import.meta.url));
const golden = JSON.parse((await fixture("golden.json")).toString());
const face = await fixture("face.png");
const missing = await whyMissing(testDevice);
beforeEach(({ skip }) => skip(missing !== undefined, missing));
const pipeline = testPipeline();
afterAll(() => pipeline.close());

const embed = async (bytes: Uint8Array, options: Record<string, string> = {}) =>
  (await pipeline.embedImages([{ bytes, name: "it" }], EmbeddingOptions.parse(options))).images[0]
    ?.faces ?? [];
const one = async (bytes: Uint8Array, options: Record<string, string> = {}) => {
  const [first] = await embed(bytes, options);
  if (!first) throw new Error("no face");
  return first;
};
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => "nothing",
    (error: HyperFaceError) => error.code,
  );

interface GoldenFace {
  box: number[];
  score: number;
  landmarks: Point[];
}

const pixelsOf = async (bytes: Uint8Array): Promise<Pixels> => {
  const { data, info } = await sharp(bytes)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
};
const meanDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (value, k) => Math.abs(value - (b[k] as number))).reduce((x, y) => x + y) /
  a.length;

// fixtures/make.py is the pipeline that the generator is trained with, in OpenCV, Pillow and NumPy.
describe("a face is found, aligned and embedded as in training", () => {
  test.each<[string, GoldenFace[]]>([
    ["face.png", [golden]],
    ["faces.png", golden.faces],
  ])("all faces of %s, in the same places", async (name, expected) => {
    const faces = await embed(await fixture(name), { faces: "all" });
    expect(faces).toHaveLength(expected.length);
    for (const [i, { box, score, landmarks }] of expected.entries()) {
      const { detection } = faces[i] as (typeof faces)[number];
      if (!detection) throw new Error("not detected");
      const { x1, y1, x2, y2 } = detection;
      const width = (box[2] as number) - (box[0] as number);
      expect(detection.score).toBeCloseTo(score, 3);
      // Of windows that are as sure as one another either may stay: a large face is seen by many.
      for (const [k, side] of [x1, y1, x2, y2].entries()) {
        expect(Math.abs(side - (box[k] as number)) / width).toBeLessThan(0.04);
      }
      for (const [k, [x, y]] of landmarks.entries()) {
        const [ourX, ourY] = detection.landmarks[k] as Point;
        expect(Math.hypot(x - ourX, y - ourY) / width).toBeLessThan(0.02);
      }
    }
  });

  test("the colours of the crop", async () => {
    const { aligned } = await one(face);
    for (let channel = 0; channel < 3; channel++) {
      const values = aligned.filter((_, k) => k % 3 === channel);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(Math.abs(mean - golden.alignedMean[channel])).toBeLessThan(2);
    }
  });

  test.each([
    ["aligned.png", {}],
    ["frame.png", { size: 128, scale: 0.75 }],
  ])("from the same landmarks, %s within two grey levels on average", async (name, options) => {
    const crop = alignFace(await pixelsOf(face), golden.landmarks, options);
    const expected = await pixelsOf(await fixture(name));
    expect(meanDifference(crop, expected.data)).toBeLessThan(2);
  });

  test.each(["mobilefacenet-512", "mobilefacenet-192"])("the embedding of %s", async (model) => {
    const { embedding } = await one(face, { model });
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
    expect(cosine(embedding, golden[model])).toBeGreaterThan(0.99);
    const given = await one(await fixture("aligned.png"), { model, aligned: "true" });
    expect(given.detection).toBeNull();
    expect(cosine(given.embedding, golden[model])).toBeGreaterThan(0.99999);
  });
});

test("a face has the same bits alone and beside others", async () => {
  const alone = await one(face);
  const dark = await sharp(face).modulate({ brightness: 0.8 }).png().toBuffer();
  const together = await Promise.all([dark, face, dark, face, dark].map((bytes) => one(bytes)));
  for (const k of [1, 3]) expect(together[k]?.embedding).toEqual(alone.embedding);
  expect(together[0]?.embedding).not.toEqual(alone.embedding);
});

test("the flip makes a face and its mirror image one", async () => {
  const mirrored = await sharp(await fixture("aligned.png"))
    .flop()
    .png()
    .toBuffer();
  const plain = await fixture("aligned.png");
  const [a, b] = [await one(plain, { aligned: "true" }), await one(mirrored, { aligned: "true" })];
  expect(cosine(a.embedding, b.embedding)).toBeGreaterThan(0.999999);
  const options = { aligned: "true", flip: "false" };
  const [c, d] = [await one(plain, options), await one(mirrored, options)];
  expect(cosine(c.embedding, d.embedding)).toBeLessThan(0.9999);
});

describe("two faces in one image", async () => {
  const small = await sharp(face).resize(110).toBuffer();
  const image = await sharp({
    create: { width: 320, height: 160, channels: 3, background: "#888" },
  })
    .composite([
      { input: small, left: 5, top: 20 },
      { input: face, left: 160, top: 0 },
    ])
    .png()
    .toBuffer();

  test("are refused where one is asked", async () => {
    expect(await refusal(embed(image))).toBe("several-faces");
  });
  test("come largest first, up to maxFaces", async () => {
    const both = await embed(image, { faces: "all" });
    expect(both).toHaveLength(2);
    expect(both[0]?.detection?.x1).toBeGreaterThan(160);
    expect(both[1]?.detection?.x1).toBeLessThan(160);
    expect(await embed(image, { faces: "all", maxFaces: "1" })).toHaveLength(1);
    expect((await one(image, { faces: "largest" })).embedding).toEqual(both[0]?.embedding);
  });
});

test("no face is refused, or an empty list where that is allowed", async () => {
  const blank = { create: { width: 200, height: 200, channels: 3, background: "#4a7" } } as const;
  const image = await sharp(blank).png().toBuffer();
  expect(await refusal(embed(image))).toBe("no-face");
  expect(await embed(image, { allowMissing: "true" })).toEqual([]);
});

test("a face that fills the frame is found with a margin", async () => {
  const { detection } = await one(await fixture("aligned.png"));
  expect(detection?.landmarks[2]?.[0]).toBeGreaterThan(40);
  expect(detection?.landmarks[2]?.[0]).toBeLessThan(72);
});

describe("quality", async () => {
  const sharpFace = await fixture("smooth-face.png");
  const shrunk = (side: number) => sharp(sharpFace).resize(side).png().toBuffer();

  test("says what is small or blurred, which can be refused", async () => {
    const [small, blurred] = [await shrunk(28), await sharp(sharpFace).blur(6).png().toBuffer()];
    const [well, tiny, soft] = [await one(sharpFace), await one(small), await one(blurred)];
    expect(well.quality.value).toBeGreaterThan(0.65);
    expect(tiny.quality.value).toBeLessThan(0.3);
    expect(soft.quality.value).toBeLessThan(0.3);
    expect(tiny.quality.size).toBeCloseTo((28 / 128) * well.quality.size, -1);
    expect(soft.quality.size).toBeCloseTo(well.quality.size, -1);
    expect(await refusal(embed(small, { minQuality: "0.6" }))).toBe("poor-face");
    expect(await embed(small, { minQuality: "0.6", allowMissing: "true" })).toEqual([]);
    expect(await embed(sharpFace, { minQuality: "0.6" })).toHaveLength(1);
  });

  test("is over 0.6 of no face whose embedding is another's for being small", async () => {
    const { embedding } = await one(sharpFace);
    const seen: number[] = [];
    for (const side of [16, 24, 32, 40, 48, 56, 64, 80, 96, 120]) {
      const [found] = await embed(await shrunk(side), { allowMissing: "true" });
      if (!found) continue;
      seen.push(found.quality.value);
      if (found.quality.value > 0.6)
        expect(cosine(found.embedding, embedding)).toBeGreaterThan(0.9);
    }
    expect(seen[0]).toBeLessThan(0.1);
    expect(seen.at(-1)).toBeGreaterThan(0.6);
  });
});
