import { probeValues } from "@hyperface/inference";
import { normaliseRows } from "@hyperface/vectors";
import { expect, test } from "vitest";
import { plainKernels } from "./kernels/plain.ts";
import { emphasis, moveLevels } from "./levels.ts";

const LEVELS = Float32Array.of(0.5, 0.49, 0.2, -0.3);

test("the closest point weighs 1, one a hundredth below it less, those far below 1 / 1.45", () => {
  const shares = emphasis(LEVELS);
  expect(shares[0]).toBe(1);
  expect(shares[1]).toBeCloseTo((1 + 0.45 / Math.E) / 1.45, 6);
  expect(shares[2]).toBeCloseTo(1 / 1.45, 6);
  expect(shares[3]).toBeCloseTo(1 / 1.45, 6);
});

test("a point's level is its own softened largest cosine, whatever it weighs", async () => {
  const [count, dimension, sharpness] = [LEVELS.length, 3, 8];
  const values = probeValues(count * dimension).map((value) => value - 0.5);
  const points = { data: normaliseRows(values, dimension), dimension };
  const shares = emphasis(LEVELS);
  const level = LEVELS.map((value, i) => value - Math.log(shares[i] as number) / sharpness);
  const pairs = await plainKernels.repulsion(points, { sharpness, level });
  const softened = Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < count; j++) {
      if (j === i) continue;
      let cosine = 0;
      for (let k = 0; k < dimension; k++) {
        cosine +=
          (points.data[i * dimension + k] as number) * (points.data[j * dimension + k] as number);
      }
      sum += Math.min(1, Math.exp(sharpness * (cosine - (level[i] as number))));
    }
    return (LEVELS[i] as number) + Math.log(sum / (shares[i] as number)) / sharpness;
  });
  const levels = LEVELS.slice();
  const state = { tensors: { levels }, scalars: {} as Record<string, number> };
  moveLevels({ ...unmoved, ...state }, { ...pairs, shares }, sharpness);
  expect([...levels].map((value, i) => value - (softened[i] as number))).toEqual(
    softened.map(() => expect.closeTo(0, 5)),
  );
  expect(state.scalars.level).toBe(Math.max(...pairs.cosine));
});

const unmoved = {
  iteration: 1,
  done: false,
  embeddings: new Float32Array(0),
  history: [],
  arithmetic: [],
};
