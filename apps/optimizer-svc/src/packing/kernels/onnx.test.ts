import { randomStream } from "@hyperface/hypersphere";
import { normaliseRows } from "@hyperface/vectors";
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

  test("on the repulsion of more points than a tile holds", async () => {
    const many = rows(1500, 3);
    const found = await kernels.repulsion(many, 40, 0.8);
    const expected = await plainKernels.repulsion(many, 40, 0.8);
    expect(found.total / expected.total).toBeCloseTo(1, 4);
    expect(far(found.force, expected.force) / expected.total).toBeLessThan(1e-5);
    expect(far(found.cosine, expected.cosine)).toBeLessThan(1e-5);
  });

  test.each([5, 5000])("on the repulsion at sharpness %d", async (sharpness) => {
    const { cosine } = await plainKernels.nearestOther(points);
    const shift = Math.max(...cosine);
    const found = await kernels.repulsion(points, sharpness, shift);
    const expected = await plainKernels.repulsion(points, sharpness, shift);
    // An exponent of 5000 times a cosine carries the cosine's float32 rounding 5000-fold.
    expect(found.total / expected.total).toBeCloseTo(1, sharpness > 100 ? 2 : 5);
    expect(far(found.force, expected.force) / expected.total).toBeLessThan(1e-3);
    expect(far(found.cosine, expected.cosine)).toBeLessThan(1e-5);
  });

  test("on the repulsion of sets that do not move", async () => {
    const many = rows(1100, 5);
    const repelledSets = [
      { rows: rows(1300, 6), shift: 0.7 },
      { rows: rows(3, 7), shift: 0.5 },
    ];
    const found = await kernels.repulsion(many, 30, 0.8, repelledSets);
    const expected = await plainKernels.repulsion(many, 30, 0.8, repelledSets);
    const alone = await plainKernels.repulsion(many, 30, 0.8);
    expect(found.total / expected.total).toBeCloseTo(1, 4);
    expect(expected.total / alone.total).toBeGreaterThan(1.5);
    expect(far(found.force, expected.force) / expected.total).toBeLessThan(1e-5);
    for (const [k, cosine] of expected.repelledSets.entries()) {
      expect(far(found.repelledSets[k] ?? [], cosine)).toBeLessThan(1e-5);
    }
  });
});
