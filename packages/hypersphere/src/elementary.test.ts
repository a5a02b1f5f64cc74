import { expect, test } from "vitest";
import { cosSinOfTurn, exactExp, exactLog } from "./elementary.ts";
import { randomStream } from "./random.ts";

const uniform = randomStream(1, "test").uniform(20_000);
/** Largest error over the sample, relative to the larger of the value and `floor`. */
const error = (of: (u: number) => [found: number, right: number], floor = 0) =>
  uniform.reduce((most, u) => {
    const [found, right] = of(u);
    return Math.max(most, Math.abs(found - right) / Math.max(Math.abs(right), floor));
  }, 0);

test("the logarithm is the engine's to a few ulp, over all that a uniform number can be", () => {
  expect(error((u) => [exactLog(u), Math.log(u)])).toBeLessThan(2 ** -50);
  expect(error((u) => [exactLog(u * 1e6), Math.log(u * 1e6)], 1)).toBeLessThan(2 ** -50);
  for (const x of [2 ** -33, 1 - 2 ** -33, 1, Math.SQRT1_2, Math.SQRT2]) {
    expect(exactLog(x)).toBeCloseTo(Math.log(x), 14);
  }
});

test("cosine and sine are the engine's to a few ulp of one", () => {
  const angle = (u: number) => 2 * Math.PI * u;
  expect(error((u) => [cosSinOfTurn(u)[0], Math.cos(angle(u))], 1)).toBeLessThan(2 ** -50);
  expect(error((u) => [cosSinOfTurn(u)[1], Math.sin(angle(u))], 1)).toBeLessThan(2 ** -50);
  expect([0, 0.25, 0.5, 0.75, 1].map((u) => cosSinOfTurn(u).map((v) => v + 0))).toEqual([
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
    [1, 0],
  ]);
});

test("the exponential is the engine's to a few ulp", () => {
  expect(error((u) => [exactExp(40 * u - 20), Math.exp(40 * u - 20)])).toBeLessThan(2 ** -48);
  expect(exactExp(0)).toBe(1);
});
