import { expect, test } from "vitest";
import { estimatePose } from "./pose.ts";

/** ArcFace's template, at three times its size and elsewhere. */
const FRONTAL = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
].map(([x, y]) => [3 * (x as number) + 40, 3 * (y as number) - 10] as const);

test("a face that fits the template looks at the camera", () => {
  const { yaw, pitch, roll } = estimatePose(FRONTAL);
  expect(Math.max(...[yaw, pitch, roll].map(Math.abs))).toBeLessThan(1);
});

test.each([-70, -20, 15, 60])(
  "a picture turned by %d degrees is a face rolled by as many",
  (degrees) => {
    const a = (degrees * Math.PI) / 180;
    const turned = FRONTAL.map(
      ([x, y]) => [x * Math.cos(a) - y * Math.sin(a), x * Math.sin(a) + y * Math.cos(a)] as const,
    );
    expect(estimatePose(turned).roll).toBeCloseTo(degrees, 0);
    expect(Math.abs(estimatePose(turned).yaw)).toBeLessThan(1);
  },
);

test("a nose to the right is a face that looks there, and its mirror image looks back", () => {
  const moved = FRONTAL.map(([x, y], k) => (k === 2 ? ([x + 20, y] as const) : ([x, y] as const)));
  const { yaw } = estimatePose(moved);
  expect(yaw).toBeGreaterThan(10);
  expect(yaw).toBeLessThan(40);
  const [left, right, nose, mouthLeft, mouthRight] = moved.map(([x, y]) => [-x, y] as const);
  const mirrored = [right, left, nose, mouthRight, mouthLeft] as (readonly [number, number])[];
  expect(estimatePose(mirrored).yaw).toBeCloseTo(-yaw, 0);
});

test("a nose nearer to the eyes is a face that looks up", () => {
  const moved = FRONTAL.map(([x, y], k) => (k === 2 ? ([x, y - 15] as const) : ([x, y] as const)));
  expect(estimatePose(moved).pitch).toBeGreaterThan(8);
});
