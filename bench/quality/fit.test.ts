import { expect, test } from "vitest";
import { minimise, quantileLoss } from "./fit.ts";

test("the least of Rosenbrock's valley is found at its end", () => {
  const valley = ([x = 0, y = 0]: readonly number[]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2;
  const [x, y] = minimise(valley, [-1.2, 1]);
  expect(x).toBeCloseTo(1, 5);
  expect(y).toBeCloseTo(1, 5);
});

test("the loss is least at the quantile of its level", () => {
  const values = Array.from({ length: 1000 }, (_, k) => (k * 37) % 1000);
  for (const level of [0.1, 0.5, 0.9]) {
    const loss = ([expected = 0]: readonly number[]) =>
      quantileLoss(
        values.map((observed) => ({ observed, expected })),
        level,
      );
    expect(minimise(loss, [300], { step: 50 })[0]).toBeCloseTo(1000 * level, -1);
  }
});
