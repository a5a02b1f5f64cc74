import { expect, test } from "vitest";
import { shorten } from "./motion.ts";

const lengths = (force: Float32Array, d: number) =>
  Array.from({ length: force.length / d }, (_, i) =>
    Math.hypot(...force.subarray(i * d, (i + 1) * d)),
  );

test("near a gallery the longest force is cut to twice the root mean square, along itself; others stay", () => {
  const d = 2;
  const force = Float32Array.of(...Array.from({ length: 18 }, () => [0.6, -0.8]).flat(), 30, 40);
  const before = force.slice();
  const meanSquare = (18 + 2500) / 19;
  const left = shorten(force, d, meanSquare, 0.5);
  const limit = 2 * Math.sqrt(meanSquare);
  expect(force.subarray(0, 36)).toEqual(before.subarray(0, 36));
  expect(lengths(force, d).at(-1)).toBeCloseTo(limit, 4);
  expect((force[37] as number) / (force[36] as number)).toBeCloseTo(4 / 3, 6);
  expect(left).toBeCloseTo((18 + limit ** 2) / 19, 6);
});

test("without one it is not: there the closest pair is all that counts", () => {
  const force = Float32Array.of(1, 0, 0, 100);
  expect(shorten(force, 2, 5000.5, 0)).toBe(5000.5);
  expect([...force]).toEqual([1, 0, 0, 100]);
});
