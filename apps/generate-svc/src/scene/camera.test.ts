import { expect, test } from "vitest";
import { drawCamera, photograph } from "./camera.ts";

const size = 64;
const stripes = Uint8Array.from({ length: 3 * size * size }, (_, k) =>
  Math.floor(k / 3) % 4 < 2 ? 140 : 60,
);
const best = { exposure: 0, warmth: 0, blur: 0, resolution: 1, quality: 100 };
const shot = async (over: object) =>
  (await photograph({ size, data: stripes }, { ...best, ...over })).data;
const mean = (data: Uint8Array, c: number) => {
  let sum = 0;
  for (let p = c; p < data.length; p += 3) sum += data[p] as number;
  return sum / (size * size);
};
const contrast = (data: Uint8Array) => {
  const middle = 3 * 32 * size;
  const values = [...data.subarray(middle + 60, middle + 132)];
  return Math.max(...values) - Math.min(...values);
};

test("the best camera keeps the picture", async () => {
  const kept = await shot({});
  const apart = stripes.reduce(
    (most, v, k) => Math.max(most, Math.abs(v - (kept[k] as number))),
    0,
  );
  expect(apart).toBeLessThan(8);
});

test("exposure doubles in a stop, warmth moves red against blue", async () => {
  expect(mean(await shot({ exposure: 0.5 }), 1)).toBeCloseTo(100 * 2 ** 0.5, -1);
  const warm = await shot({ warmth: 0.1 });
  expect(mean(warm, 0) / mean(warm, 2)).toBeCloseTo(1.1 / 0.9, 1);
});

test("blur and fewer pixels take fine detail away", async () => {
  expect(contrast(await shot({ blur: 2.4 }))).toBeLessThan(0.8 * contrast(stripes));
  expect(contrast(await shot({ resolution: 0.4 }))).toBeLessThan(0.6 * contrast(stripes));
});

test("a sample's camera is its own, the same each time", () => {
  const key = { seed: 1, identity: 2, sample: 3 };
  expect(drawCamera(key)).toEqual(drawCamera(key));
  const qualities = Array.from(
    { length: 40 },
    (_, sample) => drawCamera({ ...key, sample }).quality,
  );
  expect(new Set(qualities).size).toBeGreaterThan(15);
  for (const quality of qualities) expect(quality >= 40 && quality <= 95).toBe(true);
});
