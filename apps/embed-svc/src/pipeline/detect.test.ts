import type { Session, TensorValue } from "@hyperface/inference";
import { expect, test } from "vitest";
import { type DetectorNetworks, detectFaces } from "./detect.ts";

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
  expect(await detectFaces(networks, image)).toEqual([]);
  expect(Math.max(0, ...levels)).toBeLessThanOrEqual(1.01 * 2 ** 17);
  // Twice the first level and no more: each has half the pixels of the one before, and there is a margin's.
  expect(levels.reduce((sum, pixels) => sum + pixels, 0)).toBeLessThan(4.1 * 2 ** 17);
  expect(levels.length).toBeLessThan(20);
});
