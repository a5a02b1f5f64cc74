import { randomStream } from "@hyperface/hypersphere";
import { expect, test } from "vitest";
import { distanceWithin, judgeQuality } from "./quality.ts";

/** A grey frame with white noise of a standard deviation. */
const noisyFrame = (sigma: number) => {
  const noise = randomStream(7, "noise").gaussian(112 * 112);
  return Float32Array.from({ length: 3 * 112 * 112 }, (_, k) => {
    return 128 + sigma * (noise[Math.floor(k / 3)] as number);
  });
};
const judge = (frame: Float32Array) => judgeQuality(frame, { size: 112, norm: 3, landmarks: null });

test.each([1, 4, 16])("white noise of %d grey levels is measured", (sigma) => {
  const { noise, sharpness } = judge(noisyFrame(sigma));
  expect(noise / sigma).toBeCloseTo(1, 1);
  // The squares of the Laplacian's coefficients sum to 20.
  expect(sharpness / (Math.sqrt(20) * sigma)).toBeCloseTo(1, 1);
});

test("a frame that shows nothing is worth nothing", () => {
  expect(judge(noisyFrame(0))).toMatchObject({ value: 0, sharpness: 0, noise: 0 });
});

test("more pixels and detail bring an embedding nearer to that of the face seen well, noise takes it away", () => {
  const seen = { size: 92, sharpness: 12, noise: 1 };
  const distances = (name: keyof typeof seen, values: number[]) =>
    values.map((value) => distanceWithin({ ...seen, [name]: value }));
  const ascending = (values: number[]) => [...values].sort((a, b) => a - b);
  const sizes = distances("size", [256, 160, 112, 80, 60, 40, 24, 8]);
  const blurs = distances("sharpness", [20, 12, 8, 5, 3, 1]);
  const noises = distances("noise", [0, 1, 2, 5, 20]);
  for (const row of [sizes, blurs, noises]) {
    expect(row).toEqual(ascending(row));
    expect(new Set(row).size).toBe(row.length);
  }
  // Where 1 less it is 0: whatever is so small may be anybody.
  expect(sizes.at(-1)).toBeGreaterThan(1);
});
