import { expect, test } from "vitest";
import { pose } from "./traits.ts";

test("pose is that of the face, wherever and however large it is", () => {
  const straight = [
    [30, 40],
    [70, 40],
    [50, 60],
    [35, 80],
    [65, 80],
  ] as const;
  expect(pose(straight)).toEqual({ yaw: 0, pitch: 0.5, mouth: 0.75 });
  const turned = straight.map(([x, y]) => [-2 * y + 300, 2 * x + 7] as const);
  const again = pose(turned);
  expect(again.yaw).toBeCloseTo(0);
  expect(again.pitch).toBeCloseTo(0.5);
  expect(again.mouth).toBeCloseTo(0.75);
  const aside = straight.map((point, i) => (i === 2 ? ([60, 60] as const) : point));
  expect(pose(aside).yaw).toBeCloseTo(0.25);
});
