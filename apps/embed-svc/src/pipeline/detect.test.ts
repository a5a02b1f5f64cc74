import type { Session, TensorValue } from "@hyperface/inference";
import { expect, test } from "vitest";
import { type DetectorNetworks, detectFaces } from "./detect.ts";
import { createScene } from "./pyramid.ts";

/** A network that proposes nothing, and remembers how many pixels it looked at. */
function blindNetwork() {
  const levels: number[] = [];
  const run = async ({ input }: Record<string, TensorValue>) => {
    const [, , width = 0, height = 0] = input?.dims ?? [];
    levels.push(width * height);
    const data = new Float32Array(0);
    return { probability: { data, dims: [1, 2, 0, 0] }, box: { data, dims: [1, 4, 0, 0] } };
  };
  const session = { run } as unknown as Session;
  const networks: DetectorNetworks = { proposal: session, refinement: session, output: session };
  return { levels, networks };
}

test.each([
  [500, 1],
  [1, 2000],
  [2048, 5],
  [2048, 12],
  [2048, 97],
  [2048, 400],
  [2048, 2048],
  [112, 112],
  [16, 16],
])("an image of %d x %d costs no more pixels than it can be worth", async (width, height) => {
  const { levels, networks } = blindNetwork();
  const image = { width, height, data: new Uint8Array(width * height * 3) };
  expect(await detectFaces(networks, createScene(image))).toEqual({ faces: [], proposed: 0 });
  expect(Math.max(0, ...levels)).toBeLessThanOrEqual(1.01 * 2 ** 17);
  // Twice the first level and no more: each has half the pixels of the one before, and there is a margin's.
  expect(levels.reduce((sum, pixels) => sum + pixels, 0)).toBeLessThan(4.1 * 2 ** 17);
  expect(levels.length).toBeLessThan(20);
});

test("where faces are known to be large the finer levels are left out, and the others stay as they are", async () => {
  const image = { width: 128, height: 128, data: new Uint8Array(128 * 128 * 3) };
  const seen = async (smallest: number) => {
    const { levels, networks } = blindNetwork();
    await detectFaces(networks, createScene(image, smallest));
    return levels;
  };
  const all = await seen(1 / 8);
  const large = await seen(0.3);
  expect(all.slice(0, 7)).toEqual([96, 69, 49, 35, 25, 18, 13].map((side) => side ** 2));
  expect(large.slice(0, 4)).toEqual(all.slice(3, 7));
  // The second look, with a margin, is at faces of the same size: an eighth of what is larger by 1.6.
  expect(large.slice(4)).toEqual(all.slice(9));
});
