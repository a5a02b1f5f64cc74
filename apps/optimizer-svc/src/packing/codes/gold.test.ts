import { rowDot } from "@hyperface/vectors";
import { describe, expect, test } from "vitest";
import { goldCode } from "./gold.ts";

describe.each([8, 32])("the Gold code of dimension %d", (dimension) => {
  const count = 2 * dimension ** 2;
  const points = { data: goldCode(count, dimension), dimension };

  test("has cosines 0 and +-sqrt(2/d) alone, but for antipodes", () => {
    const step = Math.sqrt(2 / dimension);
    const seen = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < i; j++) {
        const cosine = Math.round(rowDot(points, i, points, j) * 1e6) / 1e6;
        seen.set(cosine, (seen.get(cosine) ?? 0) + 1);
      }
    }
    const rounded = Math.round(step * 1e6) / 1e6;
    expect([...seen.keys()].sort((a, b) => a - b)).toEqual([-1, -rounded, 0, rounded]);
    expect(seen.get(-1)).toBe(count / 2);
  });

  test("has no antipodes among its first half", () => {
    let least = 1;
    for (let i = 0; i < count / 2; i++) {
      for (let j = 0; j < i; j++) least = Math.min(least, rowDot(points, i, points, j));
    }
    expect(least).toBeGreaterThan(-0.9);
  });
});

test("is refused where there is none, or not so large a one", () => {
  expect(() => goldCode(10, 64)).toThrow("no Gold code of dimension 64");
  expect(() => goldCode(129, 8)).toThrow("has 128 points");
});
