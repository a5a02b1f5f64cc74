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

describe.each([2, 3, 8, 17, 128, 192, 512, 2048])("a unit row of %d numbers", (dimension) => {
  const rows = (count: number) => randomStream(3, "rows").gaussian(count * dimension);
  const isSame = (a: Float32Array, b: Float32Array) =>
    Buffer.from(a.buffer).equals(Buffer.from(b.buffer));

  test("keeps its bits however often it is normalised", () => {
    const once = normaliseRows(rows(400), dimension);
    const twice = normaliseRows(Float32Array.from(once), dimension);
    expect(isSame(once, twice)).toBe(true);
    for (let i = 0; i < 400; i++) {
      const one = once.slice(i * dimension, (i + 1) * dimension);
      expect(isSame(normalise(one), one)).toBe(true);
    }
  });

  test("is not confused with a row that is only nearly of unit length", () => {
    const row = normaliseRows(rows(1), dimension);
    const longer = row.map((x) => x * (1 + 2 ** -18));
    const length = Math.hypot(...normaliseRows(Float32Array.from(longer), dimension));
    expect(Math.abs(length - 1)).toBeLessThan(2 ** -22);
    expect(isSame(normaliseRows(Float32Array.from(longer), dimension), longer)).toBe(false);
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
