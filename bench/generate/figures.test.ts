import { randomStream } from "@hyperface/hypersphere";
import { Matrix } from "ml-matrix";
import { expect, test } from "vitest";
import { frechetDistance, frechetRatios } from "./frechet.ts";
import { gridDecibels } from "./grid.ts";
import { equalError, match } from "./matching.ts";
import { pose } from "./traits.ts";

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

test("the Frechet distance of Gaussians on one pair of axes is a sum over the axes", () => {
  const a = { mean: [1, 0], covariance: Matrix.diag([4, 9]) };
  const b = { mean: [0, 2], covariance: Matrix.diag([1, 1]) };
  expect(frechetDistance(a, b)).toBeCloseTo(1 + 4 + (2 - 1) ** 2 + (3 - 1) ** 2);
  expect(frechetDistance(a, a)).toBeCloseTo(0);
});

test("as good as real is a Frechet ratio near 1, and a shift is far above it", () => {
  const rows = (seed: number, shift: number) =>
    Array.from({ length: 200 }, (_, i) =>
      randomStream(seed, "test", i)
        .gaussian(8)
        .map((value) => value + shift),
    );
  const { drawn, free } = frechetRatios(rows(1, 0), rows(2, 0), rows(3, 1), 4);
  expect(drawn).toBeGreaterThan(0.5);
  expect(drawn).toBeLessThan(2);
  expect(free).toBeGreaterThan(10);
});

const SIDE = 128;
const image = (value: (x: number, y: number) => number) => {
  const data = new Uint8Array(SIDE * SIDE * 3);
  for (let i = 0; i < SIDE * SIDE; i++) data.fill(value(i % SIDE, i / SIDE), 3 * i, 3 * i + 3);
  return { data, width: SIDE, height: SIDE };
};

test("stripes of two pixels are a grid, waves of sixteen are not", () => {
  const stripes = gridDecibels(image((x) => (x % 2 === 0 ? 120 : 136)));
  const fainter = gridDecibels(image((_, y) => (Math.floor(y) % 2 === 0 ? 124 : 132)));
  const waves = gridDecibels(image((x) => 128 + 8 * Math.sin((2 * Math.PI * x) / 16)));
  expect(stripes - fainter).toBeCloseTo(20 * Math.log10(2), 1);
  expect(stripes - waves).toBeGreaterThan(20);
});

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
