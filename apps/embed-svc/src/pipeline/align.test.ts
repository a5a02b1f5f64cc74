import { expect, test } from "vitest";
import { alignFace, fitSimilarity } from "./align.ts";
import { type Pixels, type Point, pad, toPlanar, warp } from "./pixels.ts";

const POINTS: Point[] = [
  [10, 20],
  [40, 22],
  [25, 35],
  [14, 50],
  [38, 52],
];

test("a similarity is found again from five points", () => {
  const angle = 0.3;
  const a = 2.5 * Math.cos(angle);
  const b = 2.5 * Math.sin(angle);
  const moved = POINTS.map(([x, y]): Point => [a * x - b * y + 7, b * x + a * y - 3]);
  const found = fitSimilarity(POINTS, moved);
  expect(found.a).toBeCloseTo(a, 10);
  expect(found.b).toBeCloseTo(b, 10);
  expect(found.c).toBeCloseTo(7, 10);
  expect(found.d).toBeCloseTo(-3, 10);
});

/** Red is x, green is y: a pixel says where it came from. */
function map(side: number): Pixels {
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) data.set([x, y, 0], (y * side + x) * 3);
  }
  return { data, width: side, height: side };
}

test("the template's points show what is at the landmarks", () => {
  // A face turned by a tenth and half as large again as the template.
  const eyes: Point[] = [
    [38.2946, 51.6963],
    [73.5318, 51.5014],
    [56.0252, 71.7366],
    [41.5493, 92.3655],
    [70.7299, 92.2041],
  ];
  const landmarks = eyes.map(([x, y]): Point => [1.5 * x - 0.15 * y + 40, 0.15 * x + 1.5 * y + 20]);
  const aligned = alignFace(map(240), landmarks);
  for (const [i, [x, y]] of eyes.entries()) {
    const at = (Math.round(y) * 112 + Math.round(x)) * 3;
    // A pixel of the crop is 1.5 of the image: rounding its place is worth up to 1.1.
    expect(Math.abs((aligned[at] as number) - (landmarks[i] as Point)[0])).toBeLessThan(1.2);
    expect(Math.abs((aligned[at + 1] as number) - (landmarks[i] as Point)[1])).toBeLessThan(1.2);
  }
});

test("a warp is bilinear, and black outside", () => {
  const shifted = warp(map(8), { a: 1, b: 0, c: 0.25, d: 2 }, 8);
  expect(shifted[3 * (8 * 1 + 4)]).toBeCloseTo(4.25, 5);
  expect(shifted[3 * (8 * 1 + 4) + 1]).toBeCloseTo(3, 5);
  expect(shifted[3 * (8 * 7 + 4) + 1]).toBe(0);
});

test("padding keeps the image in the middle", () => {
  const padded = pad(map(4), 3);
  expect([padded.width, padded.height]).toEqual([10, 10]);
  expect([...padded.data.subarray(0, 3)]).toEqual([127, 127, 127]);
  expect([...padded.data.subarray((10 * 5 + 4) * 3, (10 * 5 + 4) * 3 + 2)]).toEqual([1, 2]);
});

test("a network's input is planar, in its order of channels, mirrored or transposed", () => {
  const image = { width: 2, height: 1 };
  const values = Uint8Array.of(10, 20, 30, 40, 50, 60);
  const plain = { mean: 0, scale: 1 };
  expect([...toPlanar(values, image, plain)]).toEqual([10, 40, 20, 50, 30, 60]);
  const bgr = toPlanar(values, image, { ...plain, order: [2, 1, 0], mirror: true });
  expect([...bgr]).toEqual([60, 30, 50, 20, 40, 10]);
  const tall = toPlanar(
    Uint8Array.from({ length: 12 }, (_, k) => k),
    { width: 2, height: 2 },
    {
      ...plain,
      transpose: true,
    },
  );
  expect([...tall.subarray(0, 4)]).toEqual([0, 6, 3, 9]);
});
