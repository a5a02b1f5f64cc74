import { expect, test } from "vitest";
import { tenFolds } from "./ten-folds.ts";

const people = Array.from({ length: 20 }, (_, i) => i);
const similarities = (genuine: (i: number) => number, impostor: number) =>
  people.map((i) => people.map((j) => (i === j ? genuine(i) : impostor)));

test("people who can be told apart are, by a threshold half way", () => {
  const { accuracy, threshold } = tenFolds(similarities(() => 0.8, 0.2));
  expect(accuracy).toBe(1);
  expect(threshold).toBeCloseTo(0.5, 2);
});

test("genuine and impostor pairs weigh the same, however many there are", () => {
  // A fifth of the genuine pairs is refused and no impostor accepted.
  const { accuracy } = tenFolds(similarities((i) => (i % 5 === 0 ? 0.1 : 0.8), 0.2));
  expect(accuracy).toBeCloseTo(0.9);
});
