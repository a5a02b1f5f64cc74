import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeNpy } from "@hyperface/formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeModel, encodeModel } from "../onnx/model.ts";
import { createSession } from "../session.ts";
import type { ModelName } from "./manifests.ts";
import { prepareModel } from "./prepare.ts";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "models-"));
});
afterAll(() => rm(home, { recursive: true }));

/** The pattern of fixtures/make.py, planar. */
function sample([n, h, w, c]: [number, number, number, number]) {
  const data = new Float32Array(n * c * h * w);
  let k = 0;
  for (let i = 0; i < n; i++)
    for (let channel = 0; channel < c; channel++)
      for (let y = 0; y < h; y++)
        for (let x = 0; x < w; x++)
          data[k++] = Math.sin(0.13 * y * (1 + i) + 0.7 * channel) * Math.cos(0.09 * x + 0.4 * i);
  return { data, dims: [n, c, h, w] };
}

/** A tensor [N, H, W, C] with its channels before the pixels. */
function toPlanar({ data, shape }: { data: ArrayLike<number>; shape: readonly number[] }) {
  if (shape.length !== 4) return [...Float32Array.from(data)];
  const [n, h, w, c] = shape as [number, number, number, number];
  const planar: number[] = [];
  for (let i = 0; i < n; i++)
    for (let channel = 0; channel < c; channel++)
      for (let p = 0; p < h * w; p++) planar.push(data[(i * h * w + p) * c + channel] as number);
  return planar;
}

// Outputs of the original files under TensorFlow Lite itself: fixtures/make.py.
describe("a converted model gives what TensorFlow Lite gives", () => {
  test.each([
    { name: "mtcnn-pnet", shape: [1, 37, 30, 3], outputs: ["probability", "box"] },
    { name: "mtcnn-rnet", shape: [3, 24, 24, 3], outputs: ["probability", "box"] },
    { name: "mtcnn-onet", shape: [3, 48, 48, 3], outputs: ["probability", "box", "landmarks"] },
    { name: "mobilefacenet-192", shape: [2, 112, 112, 3], outputs: ["output"] },
  ] as const)("$name", async ({ name, shape, outputs }) => {
    const { bytes } = await prepareModel(name, home);
    const session = await createSession(bytes);
    const results = await session.run({ input: sample([...shape]) });
    for (const [position, output] of outputs.entries()) {
      const file = new URL(`../../fixtures/${name}-${position}.npy`, import.meta.url);
      const golden = toPlanar(decodeNpy(await readFile(file)) as never);
      const found = results[output]?.data as Float32Array;
      expect(found.length).toBe(golden.length);
      const scale = Math.max(...golden.map(Math.abs));
      const worst = golden.reduce((d, g, k) => Math.max(d, Math.abs(g - (found[k] as number))), 0);
      expect(worst / scale).toBeLessThan(2e-5);
    }
  });
});

test("so does the matte, at every fourth pixel, and at another size than the original's", async () => {
  const { bytes } = await prepareModel("selfie-matte", home);
  const session = await createSession(bytes);
  const { alpha } = await session.run({ input: sample([1, 256, 256, 3]) });
  const file = new URL("../../fixtures/selfie-matte-0.npy", import.meta.url);
  const golden = decodeNpy(await readFile(file)).data as Float32Array;
  const worst = golden.reduce((d, g, k) => {
    const found = alpha?.data[4 * 256 * Math.floor(k / 64) + 4 * (k % 64)] as number;
    return Math.max(d, Math.abs(g - found));
  }, 0);
  expect(Math.max(...golden) - Math.min(...golden)).toBeGreaterThan(0.1);
  // Wider than the others': a hundred layers of rounding end in a steep sigmoid.
  expect(worst).toBeLessThan(5e-4);
  const smaller = await session.run({ input: sample([2, 160, 192, 3]) });
  expect(smaller.alpha?.dims).toEqual([2, 1, 160, 192]);
});

describe("the 512-d embedder", () => {
  test("gives one face the same bits in a batch as alone", async () => {
    const { bytes } = await prepareModel("mobilefacenet-512", home);
    const session = await createSession(bytes, { intraOpNumThreads: 1 });
    const batch = sample([5, 112, 112, 3]);
    const together = (await session.run({ input: batch })).output?.data as Float32Array;
    const size = 3 * 112 * 112;
    for (let i = 0; i < 5; i++) {
      const one = { data: batch.data.slice(i * size, (i + 1) * size), dims: [1, 3, 112, 112] };
      const alone = (await session.run({ input: one })).output?.data as Float32Array;
      expect([...alone]).toEqual([...together.subarray(i * 512, (i + 1) * 512)]);
    }
  });

  test("loses its denormal weights and nothing else", async () => {
    const { bytes } = await prepareModel("mobilefacenet-512", home);
    const prepared = decodeModel(bytes);
    const source = decodeModel(
      await readFile(
        new URL(
          "../../../../node_modules/faceplugin-face-recognition-js/model/fr_feature.onnx",
          import.meta.url,
        ),
      ),
    );
    const weights = (graph: typeof source) =>
      Object.values(graph.initializers).flatMap(({ data }) =>
        data instanceof Float32Array ? [data] : [],
      );
    const tiny = (graph: typeof source) =>
      weights(graph).reduce(
        (n, data) => n + data.filter((w) => w !== 0 && Math.abs(w) < 1e-9).length,
        0,
      );
    const kept = (graph: typeof source) =>
      weights(graph).reduce(
        (sum, data) => sum + data.reduce((a, w) => a + (Math.abs(w) < 1e-9 ? 0 : w), 0),
        0,
      );
    expect(tiny(source)).toBeGreaterThan(100_000);
    expect(tiny(prepared)).toBe(0);
    expect(kept(prepared)).toBe(kept(source));
    expect(prepared.inputs).toEqual([{ name: "input", type: "float32", dims: ["N", 3, 112, 112] }]);
  });
});

test("a spelt-out PReLU becomes one node", async () => {
  const ops = async (name: ModelName) => {
    const { nodes } = decodeModel((await prepareModel(name, home)).bytes);
    return {
      prelu: nodes.filter(({ op }) => op === "PRelu").length,
      abs: nodes.filter(({ op }) => op === "Abs" || op === "Neg").length,
    };
  };
  expect(await ops("mobilefacenet-192")).toEqual({ prelu: 33, abs: 0 });
  expect(await ops("mtcnn-onet")).toEqual({ prelu: 5, abs: 0 });
});

test("a damaged file in the cache is made again", async () => {
  const path = join(home, "models", "mtcnn-pnet.onnx");
  await prepareModel("mtcnn-pnet", home);
  expect((await prepareModel("mtcnn-pnet", home)).made).toBe(false);
  const good = await readFile(path);
  await writeFile(path, good.subarray(0, 100));
  expect((await prepareModel("mtcnn-pnet", home)).made).toBe(true);
  expect((await readFile(path)).equals(good)).toBe(true);
});

test("a graph survives being written and read", async () => {
  const { bytes } = await prepareModel("mtcnn-rnet", home);
  expect(Buffer.from(encodeModel(decodeModel(bytes))).equals(bytes)).toBe(true);
});
