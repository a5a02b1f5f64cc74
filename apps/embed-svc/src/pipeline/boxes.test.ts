import { expect, test } from "vitest";
import { refine, square, suppress } from "./boxes.ts";

const box = (x1: number, y1: number, x2: number, y2: number, score: number) => ({
  x1,
  y1,
  x2,
  y2,
  score,
});

test("of boxes that overlap the surest stays", () => {
  const weak = box(0, 0, 10, 10, 0.7);
  const sure = box(1, 1, 11, 11, 0.9);
  const apart = box(20, 20, 30, 30, 0.6);
  expect(suppress([weak, sure, apart], 0.5)).toEqual([sure, apart]);
  // 81 shared of 119: 0.68.
  expect(suppress([weak, sure, apart], 0.7)).toHaveLength(3);
});

test("a small box within a large one goes only by the smaller's measure", () => {
  const large = box(0, 0, 100, 100, 0.9);
  const small = box(40, 40, 60, 60, 0.8);
  expect(suppress([large, small], 0.7)).toHaveLength(2);
  expect(suppress([large, small], 0.7, "smaller")).toEqual([large]);
});

test("offsets are in units of the side; squares keep the centre", () => {
  const moved = refine(box(10, 10, 20, 20, 1), [0.1, 0.2, -0.1, 0.4]);
  expect(moved).toEqual(box(11, 12, 19, 24, 1));
  expect(square(moved)).toEqual(box(9, 12, 21, 24, 1));
});
