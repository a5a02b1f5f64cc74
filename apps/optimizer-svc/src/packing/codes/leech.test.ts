import { codeSize } from "@hyperface/contracts";
import { rowCount, rowDot } from "@hyperface/vectors";
import { describe, expect, test } from "vitest";
import { leechCode } from "./leech.ts";

const largest = (data: Float32Array, dimension: number, rows: number) => {
  const points = { data, dimension };
  let found = -1;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rowCount(points); j++) {
      if (i !== j) found = Math.max(found, rowDot(points, i, points, j));
    }
  }
  return found;
};

describe("codes of the Leech lattice", () => {
  test.each([
    { count: 112, dimension: 21, cosine: 1 / 9 },
    { count: 162, dimension: 21, cosine: 1 / 7 },
    { count: 275, dimension: 22, cosine: 1 / 6 },
    { count: 891, dimension: 22, cosine: 1 / 4 },
    { count: 552, dimension: 23, cosine: 1 / 5 },
    { count: 4600, dimension: 23, cosine: 1 / 3 },
    { count: 196_560, dimension: 24, cosine: 1 / 2 },
  ])("$count points of $dimension dimensions: $cosine", ({ count, dimension, cosine }) => {
    const data = leechCode(count, dimension);
    expect(data).toHaveLength(count * dimension);
    expect(count).toBeLessThanOrEqual(codeSize(dimension));
    // All points are alike: of very many, some are enough.
    const rows = count > 1000 ? 4 : count;
    expect(largest(data, dimension, rows)).toBeCloseTo(cosine, 6);
  });

  test("fewer points are the first of the smallest code that has them; more are refused", () => {
    expect(leechCode(100, 21)).toEqual(leechCode(112, 21).subarray(0, 100 * 21));
    expect(leechCode(113, 21)).toEqual(leechCode(162, 21).subarray(0, 113 * 21));
    expect(() => leechCode(163, 21)).toThrow(RangeError);
    expect(() => leechCode(10, 20)).toThrow(RangeError);
  });
});
