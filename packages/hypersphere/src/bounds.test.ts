import { expect, test } from "vitest";
import { cosineBounds, leastLargestCosine } from "./bounds.ts";

test("the simplex and the cross-polytope are what Rankin allows", () => {
  expect(cosineBounds(6, 5).rankin).toBeCloseTo(-1 / 5, 12);
  expect(cosineBounds(8, 4)).toMatchObject({ rankin: 0, levenshtein: null });
});

// Levenshtein's third bound is reached by these codes, and known at these sizes.
test.each([
  [27, 6, 1 / 4, 6],
  [100, 22, 1 / 11, 6],
  [10_000, 512, 0.0238, 4],
  [2000, 128, 0.0579, 4],
])("%d points of R^%d: at least %d", (n, d, cosine, digits) => {
  expect(leastLargestCosine(n, d)).toBeCloseTo(cosine, digits);
});

test("beyond the formula's reach the bound still holds and grows no more", () => {
  const sizes = [10_000, 100_000, 500_000, 1_000_000];
  const [a, b, c, d] = sizes.map((n) => leastLargestCosine(n, 512)) as [
    number,
    number,
    number,
    number,
  ];
  expect(a).toBeLessThan(b);
  expect(b).toBeLessThan(c);
  // A Gold code has 524,288 points with this largest cosine.
  expect(c).toBeLessThan(1 / 16);
  expect(d).toBe(c);
});

test("an equiangular frame is what Welch allows", () => {
  // Six diagonals of the icosahedron.
  expect(cosineBounds(6, 3).welch).toBeCloseTo(1 / Math.sqrt(5), 12);
});
