import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeNpy } from "@hyperface/formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeModel, encodeModel, type OnnxGraph } from "../onnx/model.ts";
import { createSession } from "../session.ts";
import { MODELS, type ModelName } from "./manifests.ts";
import { splitPrelu } from "./prelu.ts";
import { prepareModel } from "./prepare.ts";
import { pruneConstantChannels } from "./prune.ts";

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
    expect(bytes).toHaveLength(MODELS[name].bytes);
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
const shippedFile = () =>
  readFile(
    new URL(
      "../../../../node_modules/faceplugin-face-recognition-js/model/fr_feature.onnx",
      import.meta.url,
    ),
  );

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

  test("gives what the file gives as it is shipped", async () => {
    const shipped = await createSession(await shippedFile(), { intraOpNumThreads: 1 });
    const { bytes } = await prepareModel("mobilefacenet-512", home);
    const session = await createSession(bytes, { intraOpNumThreads: 1 });
    const input = sample([1, 112, 112, 3]);
    const [name] = shipped.inputs;
    const [expected] = Object.values(await shipped.run({ [name as string]: input }));
    const { output } = await session.run({ input });
    const worst = Math.max(
      ...Float32Array.from(output?.data as Float32Array).map((v, k) =>
        Math.abs(v - Number(expected?.data[k])),
      ),
    );
    expect(worst).toBeLessThan(1e-5);
  });

  test("loses its denormal weights and nothing else", async () => {
    const prepared = MODELS["mobilefacenet-512"].convert(await shippedFile());
    const source = decodeModel(await shippedFile());
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

test("a PReLU is none of the nodes behind a convolution, spelt out or not", async () => {
  const ops = async (name: ModelName) => {
    const { nodes } = decodeModel((await prepareModel(name, home)).bytes);
    return {
      prelu: nodes.filter(({ op }) => op === "PRelu").length,
      relu: nodes.filter(({ op }) => op === "Relu").length,
      abs: nodes.filter(({ op }) => op === "Abs" || op === "Neg").length,
    };
  };
  expect(await ops("mobilefacenet-192")).toEqual({ prelu: 0, relu: 33, abs: 0 });
  expect(await ops("mtcnn-onet")).toEqual({ prelu: 1, relu: 4, abs: 0 });
});

test("the 512-d embedder loses the channels that no image changes", async () => {
  const hidden = (graph: OnnxGraph) =>
    graph.nodes
      .map(({ attributes }) => attributes?.group as { int: number } | undefined)
      .reduce((sum, group) => sum + (group && group.int > 1 ? group.int : 0), 0);
  const plain = MODELS["mobilefacenet-512"].convert(await shippedFile());
  const pruned = pruneConstantChannels(plain);
  expect(hidden(plain)).toBeGreaterThan(3520);
  expect(hidden(plain) - hidden(pruned)).toBe(3520 - 2208);
});

describe("a PReLU behind a convolution, of any slope", () => {
  const graph = (slopes: number[]): OnnxGraph => ({
    name: "one",
    opset: 17,
    nodes: [
      { op: "Conv", inputs: ["x", "w", "b"], outputs: ["c"] },
      { op: "PRelu", inputs: ["c", "s"], outputs: ["y"] },
    ],
    initializers: {
      w: { dims: [4, 1, 1, 1], data: Float32Array.of(1, -2, 3, 0.5) },
      b: { dims: [4], data: Float32Array.of(0.1, 0.2, -0.3, 0) },
      s: { dims: [4, 1, 1], data: Float32Array.from(slopes) },
    },
    inputs: [{ name: "x", type: "float32", dims: [1, 1, 2, 3] }],
    outputs: [{ name: "y", type: "float32", dims: [1, 4, 2, 3] }],
  });
  test.each([
    [0.25, 0, -0.5, 0.9],
    [0.25, 1, 1.5, -3],
  ])("%f, %f, %f, %f", async (...slopes) => {
    const x = { data: Float32Array.of(-2, -1, -0.1, 0.1, 1, 2), dims: [1, 1, 2, 3] };
    const run = async (g: OnnxGraph) =>
      (await (await createSession(encodeModel(g))).run({ x })).y?.data as Float32Array;
    const [before, after] = [await run(graph(slopes)), await run(splitPrelu(graph(slopes)))];
    for (const [k, value] of after.entries()) expect(value).toBeCloseTo(before[k] as number, 5);
  });
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
