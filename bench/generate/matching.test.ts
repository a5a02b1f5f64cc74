import { expect, test } from "vitest";
import { equalError, match } from "./matching.ts";

test("the equal error rate is where as many genuine pairs are refused as impostors accepted", () => {
  expect(equalError([1, 2, 3, 9], [4, 5, 6, 7]).equalErrorRate).toBeCloseTo(0.25);
  expect(equalError([1, 2], [3, 4])).toEqual({ equalErrorRate: 0, threshold: 2 });
});

test("rank-1 counts samples that no other source is as near to", () => {
  const { rank1, genuine, meanDistance } = match([
    [0.2, 0.9, 0.1],
    [0.8, 0.3, 0.9],
    [0.9, 0.9, 0.4],
  ]);
  expect({ rank1, genuine }).toEqual({ rank1: 2 / 3, genuine: 3 });
  expect(meanDistance).toBeCloseTo(0.3);
});
