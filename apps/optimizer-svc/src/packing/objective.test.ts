import { randomStream } from "@hyperface/hypersphere";
import type { Rows } from "@hyperface/vectors";
import { describe, expect, test } from "vitest";
import { plainKernels } from "./kernels/plain.ts";
import { findNeighbours, gradientOf, objectiveOf } from "./objective.ts";

const DIMENSION = 7;

function points(count: number, seed: number): Rows {
  const data = Float64Array.from(randomStream(seed, "test").gaussian(count * DIMENSION));
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * DIMENSION, (i + 1) * DIMENSION);
    const length = Math.hypot(...row);
    row.forEach((value, k) => {
      row[k] = value / length;
    });
  }
  return { data, dimension: DIMENSION };
}

/** Eq. 2 of vectors of any length: what the free matrix is. */
async function valueAt(free: Rows, gallery: Rows, options: Parameters<typeof objectiveOf>[1]) {
  const data = Float64Array.from(free.data);
  for (let i = 0; i < data.length; i += DIMENSION) {
    const length = Math.hypot(...data.subarray(i, i + DIMENSION));
    for (let k = i; k < i + DIMENSION; k++) data[k] = (data[k] as number) / length;
  }
  const unit = { data, dimension: DIMENSION };
  return objectiveOf(await findNeighbours(plainKernels, unit, gallery), options);
}

describe.each([
  { loss: "mean", alpha: 0.5 },
  { loss: "mean", alpha: 0 },
  { loss: "global", alpha: 0.5 },
] as const)("the gradient of Eq. 2, $loss, alpha $alpha", (options) => {
  test("is what finite differences give", async () => {
    const x = points(9, 1);
    const gallery = points(5, 2);
    const neighbours = await findNeighbours(plainKernels, x, gallery);
    const gradient = gradientOf(x, gallery, neighbours, options);
    const step = 1e-6;
    for (let k = 0; k < x.data.length; k++) {
      const moved = (by: number) => {
        const data = Float64Array.from(x.data);
        data[k] = (data[k] as number) + by;
        return valueAt({ data, dimension: DIMENSION }, gallery, options);
      };
      const slope = ((await moved(step)) - (await moved(-step))) / (2 * step);
      expect(gradient[k]).toBeCloseTo(slope, 7);
    }
  });
});
