import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeImage } from "../images.ts";
import { createGenerators, type Generators } from "./index.ts";

// fixtures/alpha/make.py: a disc of 24 pixels about the middle of 64, whatever is asked for.
const modelsDir = fileURLToPath(new URL("../../fixtures/alpha/models", import.meta.url));
let home: string;
let generators: Generators;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "alpha-"));
  const batching = { size: 1, delay: 0 };
  generators = createGenerators({ home, modelsDir, idleSeconds: 60, batching, threads: 1 });
});
afterAll(async () => {
  await generators.close();
  await rm(home, { recursive: true });
});

const draw = (ground: "none" | "studio") =>
  generators.use("disc", async (makers) => {
    const asked = { identity: 1, sample: 2, seed: 3, attempt: 0, beta: 0, draw: 0 };
    const item = { ...asked, camera: "none", ground } as const;
    const options = { format: "png", crop: "none", labels: {} } as const;
    const { bytes, provenance } = await makeImage(
      makers,
      Float32Array.of(1, 0, 0, 0),
      item,
      options,
    );
    const pixels = await sharp(bytes).removeAlpha().raw().toBuffer();
    return {
      at: (x: number, y: number) => [...pixels.subarray(3 * (64 * y + x)).subarray(0, 3)],
      provenance,
    };
  });

test("a generator that says what is of the person is believed: the rest is ground, and no network is asked", async () => {
  const own = await draw("none");
  expect(own.at(32, 32)).toEqual([204, 153, 102]);
  expect(own.at(2, 2)).toEqual([51, 204, 51]);

  const { at, provenance } = await draw("studio");
  expect(provenance).toMatchObject({ ground: "studio", draws: 1 });
  for (const [x, y] of [
    [2, 2],
    [61, 2],
    [32, 4],
  ] as const) {
    const [red, green, blue] = at(x, y) as [number, number, number];
    // Nothing of the green about the disc is left.
    expect(green - Math.max(red, blue)).toBeLessThan(20);
  }
  at(32, 32).forEach((value, c) => {
    expect(Math.abs(value - (own.at(32, 32)[c] as number))).toBeLessThan(20);
  });
  expect(await readdir(home)).toEqual([]);
});
