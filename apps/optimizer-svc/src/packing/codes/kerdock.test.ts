import { rowDot } from "@hyperface/vectors";
import { describe, expect, test } from "vitest";
import { kerdockCode, kerdockSize } from "./kerdock.ts";

describe.each([
  { dimension: 16, size: 288 },
  { dimension: 64, size: 4224 },
])("the Kerdock code of dimension $dimension", ({ dimension, size }) => {
  test("has cosines 0 and +-1/sqrt(d) alone, but for antipodes", () => {
    expect(kerdockSize(dimension)).toBe(size);
    const points = { data: kerdockCode(size, dimension), dimension };
    const seen = new Map<number, number>();
    // Of the larger code every pair with a few of its points.
    const step = Math.ceil(size / 300);
    for (let i = 0; i < size; i += step) {
      for (let j = 0; j < size; j++) {
        const cosine = Math.round(rowDot(points, i, points, j) * 1e6) / 1e6;
        if (j !== i) seen.set(cosine, (seen.get(cosine) ?? 0) + 1);
      }
    }
    const largest = 1 / Math.sqrt(dimension);
    expect([...seen.keys()].sort((a, b) => a - b)).toEqual([-1, -largest, 0, largest]);
    expect(seen.get(-1)).toBe(Math.ceil(size / step));
  });

  test("has no antipodes among its first half, which begins with an orthonormal basis", () => {
    const half = size / 2;
    const points = { data: kerdockCode(half, dimension), dimension };
    let least = 1;
    for (let i = 0; i < half; i++) {
      for (let j = Math.max(0, i - 200); j < i; j++) {
        const cosine = rowDot(points, i, points, j);
        least = Math.min(least, cosine);
        if (i < dimension) expect(cosine).toBeCloseTo(0, 9);
      }
    }
    expect(least).toBeGreaterThan(-0.9);
  });
});

test("is refused where there is none, or not so large a one", () => {
  expect(() => kerdockCode(10, 32)).toThrow("no Kerdock code of dimension 32");
  expect(() => kerdockCode(10, 48)).toThrow("no Kerdock code of dimension 48");
  expect(() => kerdockCode(289, 16)).toThrow("has 288 points");
});
