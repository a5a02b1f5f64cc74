import { describe, expect, test } from "vitest";
import { blur, plane, resize } from "./raster.ts";

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
