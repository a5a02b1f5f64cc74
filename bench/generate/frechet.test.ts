import { randomStream } from "@hyperface/hypersphere";
import { Matrix } from "ml-matrix";
import { expect, test } from "vitest";
import { frechetDistance, frechetRatios } from "./frechet.ts";

test("the Frechet distance of Gaussians on one pair of axes is a sum over the axes", () => {
  const a = { mean: [1, 0], covariance: Matrix.diag([4, 9]) };
  const b = { mean: [0, 2], covariance: Matrix.diag([1, 1]) };
  expect(frechetDistance(a, b)).toBeCloseTo(1 + 4 + (2 - 1) ** 2 + (3 - 1) ** 2);
  expect(frechetDistance(a, a)).toBeCloseTo(0);
});

test("as good as real is a Frechet ratio near 1, and a shift is far above it", () => {
  const rows = (seed: number, shift: number) =>
    Array.from({ length: 200 }, (_, i) =>
      randomStream(seed, "test", i)
        .gaussian(8)
        .map((value) => value + shift),
    );
  const { drawn, free } = frechetRatios(rows(1, 0), rows(2, 0), rows(3, 1), 4);
  expect(drawn).toBeGreaterThan(0.5);
  expect(drawn).toBeLessThan(2);
  expect(free).toBeGreaterThan(10);
});
