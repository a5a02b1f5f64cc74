import { randomStream } from "@hyperface/hypersphere";
import { expect, test } from "vitest";
import { findGaps, type Range, splitRanges } from "./ranges.ts";

type Part = Range & { samples: number };

test("gaps are what no part has", () => {
  const parts = [
    { start: 4, samples: 2 },
    { start: 6, samples: 1 },
    { start: 9, samples: 1 },
  ];
  expect(findGaps(parts, 3, 12)).toEqual([
    { start: 3, end: 4 },
    { start: 7, end: 9 },
    { start: 10, end: 12 },
  ]);
  expect(findGaps([], 0, 0)).toEqual([]);
  expect(findGaps([{ start: 0, samples: 5 }], 0, 5)).toEqual([]);
});

test("ranges have every sample once that is neither made nor under way, and cross no shard", () => {
  const draws = randomStream(1, "test").uniform(200 * 43);
  for (let round = 0; round < 200; round++) {
    const [a = 0, b = 0, c = 0, ...rest] = draws.subarray(43 * round, 43 * (round + 1));
    const [most, every] = [1 + Math.floor(9 * a), 1 + Math.floor(9 * b)];
    const samples = rest.slice(0, Math.floor(41 * c)).map((draw) => Math.floor(3 * draw));
    const [made, busy, open] = [0, 1, 2].map((state) =>
      samples.flatMap((is, start) => (is === state ? [{ start, samples: 1, end: start + 1 }] : [])),
    ) as [Part[], Part[], Part[]];
    const gaps = findGaps(made, 0, samples.length);
    const ranges = splitRanges(gaps, busy.toReversed(), { most, every });
    const found = ranges.flatMap(({ start, end }) => {
      expect(end - start).toBeLessThanOrEqual(most);
      expect(Math.floor(start / every)).toBe(Math.floor((end - 1) / every));
      return Array.from({ length: end - start }, (_, k) => start + k);
    });
    expect(found).toEqual(open.map(({ start }) => start));
  }
});
