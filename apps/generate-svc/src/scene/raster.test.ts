import { describe, expect, test } from "vitest";
import { blur, plane, resize, shrink } from "./raster.ts";

const impulse = plane(65, (x, y) => (x === 32 && y === 30 ? 1 : 0));

describe("a blur", () => {
  test.each([0.8, 1.2, 2.2, 4, 5])(
    "of %d pixels spreads a point so far, in both directions",
    (sigma) => {
      const spread = blur(impulse, 65, sigma);
      let [sum, x2, y2] = [0, 0, 0];
      spread.forEach((value, p) => {
        sum += value;
        x2 += value * ((p % 65) - 32) ** 2;
        y2 += value * (Math.floor(p / 65) - 30) ** 2;
      });
      expect(sum).toBeCloseTo(1, 5);
      expect(Math.sqrt(x2)).toBeCloseTo(sigma, 0);
      expect(Math.abs(Math.sqrt(x2) / sigma - 1)).toBeLessThan(0.05);
      expect(y2).toBeCloseTo(x2, 4);
    },
  );

  test("leaves an even plane as it is, to its borders", () => {
    const even = plane(20, () => 0.4);
    for (const sigma of [1, 3]) {
      for (const value of blur(even, 20, sigma)) expect(value).toBeCloseTo(0.4, 5);
    }
  });
});

test("a ramp enlarged is the same ramp", () => {
  const large = resize(
    plane(8, (x) => x),
    8,
    16,
  );
  expect(large[8 * 16 + 6]).toBeCloseTo(2.75, 5);
});

test("a picture shrunk has the means of what each pixel covers", () => {
  const small = shrink(
    plane(8, (x, y) => x + 100 * y),
    8,
    2,
  );
  expect([...small]).toEqual([151.5, 155.5, 551.5, 555.5]);
});

describe("a resize through a window", () => {
  const ramp = (side: number) => plane(side, (x, y) => x + 100 * y);
  test.each([
    [8, 16, { scale: 0.3, x: 2, y: 3 }],
    [16, 8, { scale: 1.7, x: -2.5, y: 4.25 }],
    [12, 12, { scale: 1, x: 5, y: -5 }],
  ])("of %d pixels to %d has what stands there, and the border's beyond", (from, to, window) => {
    const seen = resize(ramp(from), from, to, window);
    const at = (k: number, start: number) =>
      Math.min(from - 1, Math.max(0, start + (k + 0.5) * window.scale - 0.5));
    seen.forEach((value, p) => {
      const [x, y] = [at(p % to, window.x), at(Math.floor(p / to), window.y)];
      expect(value).toBeCloseTo(x + 100 * y, 3);
    });
  });
});
