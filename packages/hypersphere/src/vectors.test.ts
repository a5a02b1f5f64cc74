import { describe, expect, test } from "vitest";
import { randomStream } from "./random.ts";
import { cosine, cosineDistance, dot, normalise, normaliseRows, perturb } from "./vectors.ts";

describe("normalise", () => {
  test("keeps the direction and gives unit length", () => {
    expect([...normalise([3, 0, 4])]).toEqual([Math.fround(0.6), 0, Math.fround(0.8)]);
  });

  test("names the row that has no direction", () => {
    expect(() => normaliseRows(Float32Array.of(1, 0, 0, 0), 2)).toThrow(/vector 1 has length 0/);
    expect(() => normaliseRows(Float32Array.of(1, NaN), 2)).toThrow(/vector 0 has length NaN/);
  });
});

test("cosine distance is 0, 1 and 2 for equal, orthogonal and opposite vectors", () => {
  expect(cosineDistance([2, 0], [5, 0])).toBe(0);
  expect(cosineDistance([2, 0], [0, 1])).toBe(1);
  expect(cosineDistance([2, 0], [-1, 0])).toBe(2);
  expect(() => dot([1], [1, 2])).toThrow(/1 and 2 numbers/);
});

// paper.md: E cos(x, normalise(x + beta v)) for d = 512.
test.each([
  [0, 1],
  [0.005, 0.994],
  [0.01, 0.975],
  [0.02, 0.911],
])("Eq. 3 at beta %d turns the embedding to a mean cosine of %d", (beta, expected) => {
  const x = normalise(randomStream(5, "reference").gaussian(512));
  const cosines = Array.from({ length: 400 }, (_, k) =>
    cosine(x, perturb(x, beta, randomStream(5, "beta-noise", 0, k).gaussian(512))),
  );
  const mean = cosines.reduce((sum, c) => sum + c, 0) / cosines.length;
  expect(mean).toBeCloseTo(expected, 3);
});
