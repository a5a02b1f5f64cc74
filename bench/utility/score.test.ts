import { expect, test } from "vitest";
import { areaUnderCurve, pairedBootstrap, rank } from "./score.ts";

const SIMILARITIES = [
  [0.9, 0.1, 0.3],
  [0.2, 0.25, 0.4],
  [0.1, 0.3, 0.3],
];

test("the area under the curve is the share of genuine pairs above impostors", () => {
  // 0.9 is above all six, 0.25 above three, 0.3 above three and tied with two.
  expect(areaUnderCurve(rank(SIMILARITIES))).toBeCloseTo((6 + 3 + 3 + 1) / 18);
});

test("a person who is drawn twice counts as two, one who is not drawn not at all", () => {
  const ranked = rank(SIMILARITIES);
  expect(areaUnderCurve(ranked, [1, 1, 1])).toBe(areaUnderCurve(ranked));
  // Persons 0 and 1 alone: impostors 0.1 and 0.2, both below 0.9 and 0.25.
  expect(areaUnderCurve(ranked, [2, 1, 0])).toBeCloseTo(1);
  // Persons 1 and 2 alone: impostors 0.4 and 0.3, genuine 0.25 once and 0.3 twice.
  expect(areaUnderCurve(ranked, [0, 1, 2])).toBeCloseTo((0 + 2 * 0.5) / (3 * 2));
});

test("a bootstrap of a set against itself has no difference, against a better one it has", () => {
  const people = Array.from({ length: 20 }, (_, i) => i);
  const similarities = people.map((i) => people.map((j) => (((i + 1) * (j + 3) * 37) % 101) / 101));
  const poor = rank(similarities);
  const good = rank(similarities.map((row, i) => row.map((v, j) => (i === j ? v + 1 : v))));
  expect(pairedBootstrap([poor], [poor], 50)).toEqual({ difference: 0, interval95: [0, 0] });
  const { difference, interval95 } = pairedBootstrap([good], [poor], 200);
  expect(difference).toBeCloseTo(1 - areaUnderCurve(poor));
  expect(interval95[0]).toBeGreaterThan(0);
  expect(interval95[0]).toBeLessThan(difference);
  expect(interval95[1]).toBeGreaterThan(difference);
});
