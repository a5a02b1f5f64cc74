import { describe, expect, test } from "vitest";
import { normalise, normaliseRows } from "./normalise.ts";

describe("normalise", () => {
  test("keeps the direction and gives unit length", () => {
    expect([...normalise([3, 0, 4])]).toEqual([Math.fround(0.6), 0, Math.fround(0.8)]);
  });

  test("narrows once, whatever the range of the numbers", () => {
    for (const scale of [1e200, 1e-200, 1, 3]) {
      const scaled = normalise([3, 0, 4].map((x) => x * scale));
      expect([...scaled]).toEqual([Math.fround(0.6), 0, Math.fround(0.8)]);
    }
  });

  test("names the row that has no direction", () => {
    expect(() => normaliseRows(Float32Array.of(1, 0, 0, 0), 2)).toThrow(/vector 1 is zero/);
    expect(() => normaliseRows(Float32Array.of(1, NaN), 2)).toThrow(
      /vector 0 holds a number that is not finite/,
    );
  });
});

describe.each([2, 3, 8, 17, 128, 192, 512, 2048])("a unit row of %d numbers", (dimension) => {
  const rows = (count: number) =>
    Float32Array.from(
      { length: count * dimension },
      (_, k) => Math.sin(7 * k + 1) + Math.sin(k * k),
    );
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
