import { randomStream } from "@hyperface/hypersphere";
import { normaliseRows, type Rows } from "@hyperface/vectors";
import { describe, expect, test } from "vitest";
import { createOnnxKernels } from "./onnx.ts";
import { plainKernels } from "./plain.ts";

const dimension = 24;
const rows = (count: number, seed: number) => ({
  data: normaliseRows(randomStream(seed, "test").gaussian(count * dimension), dimension),
  dimension,
});
const far = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((worst, value, k) => Math.max(worst, Math.abs(value - (b[k] as number))), 0);

describe("the ONNX kernels agree with plain loops", async () => {
  const kernels = await createOnnxKernels(dimension);
  const points = rows(100, 1);

  test("on each point's nearest other", async () => {
    const found = await kernels.nearestOther(points);
    const expected = await plainKernels.nearestOther(points);
    expect([...found.index]).toEqual([...expected.index]);
    expect(far(found.cosine, expected.cosine)).toBeLessThan(1e-6);
  });

  test("on the nearest other of more points than a tile holds", async () => {
    const many = rows(1500, 4);
    const found = await kernels.nearestOther(many);
    const expected = await plainKernels.nearestOther(many);
    expect([...found.index]).toEqual([...expected.index]);
    expect(far(found.cosine, expected.cosine)).toBeLessThan(1e-6);
  });

  test("on the nearest of another set, without an excluded one", async () => {
    const queries = rows(30, 2);
    const first = await plainKernels.nearest(queries, points);
    const found = await kernels.nearest(queries, points, first.index);
    const expected = await plainKernels.nearest(queries, points, first.index);
    expect([...found.index]).toEqual([...expected.index]);
    expect([...found.index].every((j, i) => j !== first.index[i])).toBe(true);
    expect(far(found.cosine, expected.cosine)).toBeLessThan(1e-6);
  });

  const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
  const level = async (of: Rows, own: boolean) => {
    const { cosine } = await plainKernels.nearestOther(of);
    return own ? Float32Array.from(cosine, (value) => value - 0.02) : Math.max(...cosine);
  };

  describe.each([false, true])("with a level of each point's own: %o", (own) => {
    test("on the repulsion of more points than a tile holds", async () => {
      const many = rows(1500, 3);
      const softening = { sharpness: 40, level: await level(many, own) };
      const found = await kernels.repulsion(many, softening);
      const expected = await plainKernels.repulsion(many, softening);
      const all = sum(expected.sums);
      expect(sum(found.sums) / all).toBeCloseTo(1, 4);
      expect(far(found.sums, expected.sums) / all).toBeLessThan(1e-5);
      expect(far(found.force, expected.force) / all).toBeLessThan(1e-5);
      expect(far(found.cosine, expected.cosine)).toBeLessThan(1e-6);
    });

    test.each([5, 5000])("on the repulsion at sharpness %d", async (sharpness) => {
      const softening = { sharpness, level: await level(points, own) };
      const found = await kernels.repulsion(points, softening);
      const expected = await plainKernels.repulsion(points, softening);
      const all = sum(expected.sums);
      // An exponent of 5000 times a cosine carries the cosine's float32 rounding 5000-fold.
      expect(sum(found.sums) / all).toBeCloseTo(1, sharpness > 100 ? 2 : 5);
      expect(far(found.force, expected.force) / all).toBeLessThan(1e-3);
      expect(far(found.cosine, expected.cosine)).toBeLessThan(1e-5);
    });

    test("on the pressure of a set that does not move", async () => {
      const many = rows(1100, 5);
      const set = rows(1300, 6);
      const softening = { sharpness: 30, level: await level(many, own) };
      const found = await kernels.pressure(many, set, softening);
      const expected = await plainKernels.pressure(many, set, softening);
      const all = sum(expected.sums);
      expect(all).toBeGreaterThan(1);
      expect(far(found.sums, expected.sums) / all).toBeLessThan(1e-5);
      expect(far(found.force, expected.force) / all).toBeLessThan(1e-5);
      expect(far(found.cosine, expected.cosine)).toBeLessThan(1e-6);
    });
  });

  test("on cosines that never leave [-1, 1], whatever rounding adds", async () => {
    const twice = { data: Float32Array.from([...points.data, ...points.data]), dimension };
    const found = [
      (await kernels.nearestOther(twice)).cosine,
      (await kernels.nearest(points, points)).cosine,
      (await kernels.repulsion(twice, { sharpness: 40, level: 1 })).cosine,
      (await kernels.pressure(points, points, { sharpness: 40, level: 1 })).cosine,
      (await plainKernels.nearestOther(twice)).cosine,
    ];
    for (const cosine of found) expect(Math.max(...cosine)).toBeLessThanOrEqual(1);
  });

  test("on products with matrices, and an inverse fourth root", async () => {
    const [own, plain] = [kernels.matrices, plainKernels.matrices];
    const force = points.data as Float32Array;
    const gram = await own.gram(force, dimension);
    expect(far(gram, await plain.gram(force, dimension))).toBeLessThan(1e-4);
    const norm = Math.sqrt(gram.reduce((sum, value) => sum + value * value, 0));
    const scaled = gram.map((value) => value / norm);
    const root = await own.inverseFourthRoot(scaled, dimension);
    expect(far(root, await plain.inverseFourthRoot(scaled, dimension))).toBeLessThan(1e-3);
    // Root times root, twice, and times the matrix: the identity.
    const square = await own.times(root, root, dimension);
    const unit = await own.times(await own.times(square, square, dimension), scaled, dimension);
    const identity = unit.map((_, k) => (k % (dimension + 1) === 0 ? 1 : 0));
    expect(far(unit, identity)).toBeLessThan(1e-3);
  });
});
