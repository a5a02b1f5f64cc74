import { expect, test } from "vitest";
import { throughPoorCamera } from "./poor-camera.ts";

const stripes = Uint8Array.from({ length: 80 * 80 }, (_, i) => (i % 2 === 0 ? 0 : 200));

test("fine detail is gone, and the same face is seen the same way again", async () => {
  const seen = await throughPoorCamera(stripes, 7);
  expect(seen).toHaveLength(80 * 80);
  expect(await throughPoorCamera(stripes, 7)).toEqual(seen);
  expect(await throughPoorCamera(stripes, 9)).not.toEqual(seen);
  const apart = (from: Uint8Array) =>
    from.reduce(
      (sum, level, i) => sum + (i % 80 ? Math.abs(level - (from[i - 1] as number)) : 0),
      0,
    );
  expect(apart(seen)).toBeLessThan(apart(stripes) / 20);
});

test("light falls off to one side, the other one for the next person", async () => {
  const plain = new Uint8Array(80 * 80).fill(150);
  const half = (seen: Uint8Array, right: boolean) =>
    seen.filter((_, i) => i % 80 >= 40 === right).reduce((sum, level) => sum + level, 0) / 3200;
  const [even, odd] = [await throughPoorCamera(plain, 2), await throughPoorCamera(plain, 3)];
  expect(half(even, true) / half(even, false)).toBeCloseTo(1.5, 1);
  expect(half(odd, false) / half(odd, true)).toBeCloseTo(1.5, 1);
  expect(half(even, true) + half(even, false)).toBeCloseTo(2 * 90, 0);
});
