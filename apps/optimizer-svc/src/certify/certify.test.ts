import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeNpy } from "@hyperface/formats";
import { randomStream } from "@hyperface/hypersphere";
import { normaliseRows } from "@hyperface/vectors";
import { afterAll, expect, test } from "vitest";
import { goldCode } from "../packing/codes/gold.ts";
import { createOnnxKernels } from "../packing/kernels/onnx.ts";
import { plainKernels } from "../packing/kernels/plain.ts";
import { certify } from "./certify.ts";
import { openNpyFile } from "./npy-file.ts";

const folder = await mkdtemp(join(tmpdir(), "certify-"));
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(name: string, data: Float32Array, dimension: number) {
  const path = join(folder, name);
  await writeFile(path, encodeNpy({ data, shape: [data.length / dimension, dimension] }));
  return openNpyFile(path);
}
const vectors = (count: number, dimension: number, seed: number) =>
  normaliseRows(randomStream(seed, "test").gaussian(count * dimension), dimension);

test("in blocks it is what all pairs at once give, gallery and all", async () => {
  const dimension = 12;
  const points = { data: vectors(330, dimension, 1), dimension };
  const gallery = { data: vectors(70, dimension, 2), dimension };
  const certificate = await certify({
    points: await fileOf("points.npy", points.data, dimension),
    gallery: await fileOf("gallery.npy", gallery.data, dimension),
    kernels: await createOnnxKernels(dimension),
    block: 100,
  });
  const { cosine, index } = await plainKernels.nearestOther(points);
  const closest = [...cosine].indexOf(Math.max(...cosine));
  expect(certificate.maxCosine).toBeCloseTo(cosine[closest] as number, 6);
  expect(certificate.pair).toEqual([closest, index[closest]]);
  const total = [...cosine].reduce((a, b) => a + b, 0);
  expect(certificate.meanNearestCosine).toBeCloseTo(total / 330, 6);
  const near = await plainKernels.nearest(points, gallery);
  const closeness = [...near.cosine].reduce((a, b) => a + b, 0) / 330;
  expect(certificate.regulariser).toBeCloseTo(1 - closeness, 6);
  expect(certificate.histogram.counts.reduce((a, b) => a + b, 0)).toBe(330);
  const below = [...cosine].filter((value) => value < 0.5).length;
  expect(certificate.unique.at(-1)).toEqual({ threshold: 0.5, count: below });
});

test("finds a Gold code's one cosine, however it is cut", async () => {
  const points = await fileOf("code.npy", goldCode(2048, 32), 32);
  const kernels = await createOnnxKernels(32);
  const { maxCosine, meanNearestCosine, bounds } = await certify({
    points,
    gallery: null,
    kernels,
    block: 700,
  });
  expect([maxCosine, meanNearestCosine]).toEqual([0.25, 0.25]);
  expect(bounds.levenshtein).toBeLessThan(0.25);
});

test("float64 is read, and narrowed once its length is 1", async () => {
  const path = join(folder, "float64.npy");
  const data = Float64Array.from(vectors(4, 8, 3), (x) => x * 1e200);
  await writeFile(path, encodeNpy({ data, shape: [4, 8] }));
  const file = await openNpyFile(path);
  const rows = await file.read(1, 2);
  await file.close();
  for (const [k, x] of vectors(4, 8, 3).subarray(8, 24).entries()) {
    expect(rows.data[k]).toBeCloseTo(x, 6);
  }
});

test("a file that is cut, of another type, or holds a zero vector is refused", async () => {
  const npy = encodeNpy({ data: vectors(4, 8, 3), shape: [4, 8] });
  const path = join(folder, "bad.npy");
  await writeFile(path, npy.subarray(0, npy.length - 4));
  await expect(openNpyFile(path)).rejects.toThrow("shape (4,8) needs 128");
  await writeFile(path, encodeNpy({ data: new Int32Array(8), shape: [2, 4] }));
  await expect(openNpyFile(path)).rejects.toThrow("its type is <i4");
  await writeFile(path, "not an array");
  await expect(openNpyFile(path)).rejects.toMatchObject({ code: "malformed-body" });
  const zero = vectors(4, 8, 3).fill(0, 16, 24);
  const points = await fileOf("zero.npy", zero, 8);
  const refused = certify({ points, gallery: null, kernels: plainKernels });
  await expect(refused).rejects.toThrow("vector 2 is zero");
});
