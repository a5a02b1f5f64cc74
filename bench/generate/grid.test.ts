import { expect, test } from "vitest";
import { gridDecibels } from "./grid.ts";

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
