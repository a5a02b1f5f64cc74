import { dot } from "@hyperface/vectors";
import { expect, test } from "vitest";
import { cosineDistance } from "./cosine.ts";

test("cosine distance is 0, 1 and 2 for equal, orthogonal and opposite vectors", () => {
  expect(cosineDistance([2, 0], [5, 0])).toBe(0);
  expect(cosineDistance([2, 0], [0, 1])).toBe(1);
  expect(cosineDistance([2, 0], [-1, 0])).toBe(2);
  expect(() => dot([1], [1, 2])).toThrow(/1 and 2 numbers/);
});
