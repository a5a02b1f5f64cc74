import { encodeSafetensors } from "@hyperface/formats";
import { randomStream } from "@hyperface/hypersphere";
import { dot } from "@hyperface/vectors";
import { expect, test } from "vitest";
import { readControls } from "./controls.ts";

// Two axes of R^4 that are not at right angles, and what moves each alone.
const yaw = [1, 0, 0, 0];
const pitch = [0.6, 0.8, 0, 0];
const moves = [1, -0.75, 0, 0, 0, 1.25, 0, 0];
const tensor = (shape: number[], data: number[]) => ({ shape, data: Float32Array.from(data) });
const file = (over: object = {}) =>
  encodeSafetensors({
    tensors: {
      "axes.directions": tensor([2, 4], [...yaw, ...pitch]),
      "axes.moves": tensor([2, 4], moves),
      "axes.spread": tensor([2], [1.5, 2]),
      "axes.rest": tensor([1], [0.5]),
      ...over,
    },
  });
const controls = readControls(file(), ["yaw", "pitch"], 4);
const z = Float32Array.of(0.3, -1, 2, 0.7);

test("an axis asked for takes the place of what z says of it; the others stay", () => {
  const asked = controls.steer(z, { yaw: -2 });
  expect(dot(yaw, asked.z)).toBeCloseTo(1.5 * -2, 5);
  expect(dot(pitch, asked.z)).toBeCloseTo(2 * dot(pitch, z), 5);
  expect(asked.axes.yaw).toBe(-2);
  expect(asked.axes.pitch).toBeCloseTo(dot(pitch, z), 6);
  const free = controls.steer(z, {});
  expect(dot(yaw, free.z)).toBeCloseTo(1.5 * 0.3, 5);
  expect(free.axes.yaw).toBeCloseTo(0.3, 6);
});

test("off the axes z keeps its share, whatever is asked", () => {
  for (const asked of [{}, { yaw: 3 }, { pitch: -1, yaw: 0 }]) {
    const steered = controls.steer(z, asked).z;
    expect([steered[2], steered[3]]).toEqual([1, Math.fround(0.35)]);
  }
});

test("places that are free are as spread as a standard normal's", () => {
  const places = Array.from({ length: 2000 }, (_, k) => {
    const { axes } = controls.steer(randomStream(1, "latent", k).gaussian(4), {});
    return axes.pitch as number;
  });
  const square = places.reduce((sum, place) => sum + place * place, 0) / places.length;
  expect(Math.sqrt(square)).toBeCloseTo(1, 1);
});

test("a file made for another z is refused", () => {
  expect(() => readControls(file(), ["yaw", "pitch"], 64)).toThrow(/axes.directions is \(2,4\)/);
  expect(() => readControls(file(), ["yaw"], 4)).toThrow(/not \(1, 4\)/);
  const spread = { "axes.spread": tensor([1], [1]) };
  expect(() => readControls(file(spread), ["yaw", "pitch"], 4)).toThrow(/axes.spread/);
});
