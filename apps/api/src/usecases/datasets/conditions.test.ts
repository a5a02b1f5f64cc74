import { DatasetConditions } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { conditionsOf } from "./conditions.ts";

const COUNT = 4000;
const said = (conditions: object, seed = 7) => ({ ...DatasetConditions.parse(conditions), seed });
const placesOf = (spec: ReturnType<typeof said>, axis: "yaw" | "pitch") =>
  Array.from({ length: COUNT }, (_, k) => {
    const draw = { identity: Math.floor(k / 100), drawn: k % 100 };
    return conditionsOf(spec, draw)[axis] as number;
  });
const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const deviationOf = (values: readonly number[]) =>
  Math.sqrt(meanOf(values.map((value) => (value - meanOf(values)) ** 2)));

test("images' places have the mean and the deviation asked for, cut off at -3 and 3, axis by axis", () => {
  const spec = said({ pitch: 1, deviation: { yaw: 1.5, pitch: 0.5 } });
  const [yaw, pitch] = [placesOf(spec, "yaw"), placesOf(spec, "pitch")];
  // Of N(0, 1.5^2) within -3 and 3; of N(1, 0.5^2) nearly nothing is beyond.
  expect(Math.abs(meanOf(yaw))).toBeLessThan(0.08);
  expect(deviationOf(yaw)).toBeCloseTo(1.3194, 1);
  expect(meanOf(pitch)).toBeCloseTo(1, 1);
  expect(deviationOf(pitch)).toBeCloseTo(0.5, 1);
  expect(Math.max(...yaw.map(Math.abs))).toBeLessThanOrEqual(3);
  const along = meanOf(yaw.map((value, k) => value * ((pitch[k] as number) - meanOf(pitch))));
  expect(Math.abs(along / (deviationOf(yaw) * deviationOf(pitch)))).toBeLessThan(0.06);
});

test("within one identity they spread as over all", () => {
  const all = placesOf(said({ deviation: { yaw: 1 } }), "yaw");
  const own = Array.from({ length: 40 }, (_, i) => deviationOf(all.slice(100 * i, 100 * i + 100)));
  expect(meanOf(own)).toBeCloseTo(deviationOf(all), 1);
});

test("a place is its image's own: of seed, identity and sample, and nothing else", () => {
  const spec = said({ deviation: { yaw: 1.5 } });
  const at = { identity: 3, drawn: 2 ** 20 + 1 };
  const { yaw } = conditionsOf(spec, at);
  expect(conditionsOf({ ...spec, pitch: 1, ground: "wall" }, at).yaw).toBe(yaw);
  expect(conditionsOf({ ...spec, seed: 8 }, at).yaw).not.toBe(yaw);
  expect(conditionsOf(spec, { ...at, drawn: 1 }).yaw).not.toBe(yaw);
  expect(conditionsOf(spec, { ...at, identity: 4 }).yaw).not.toBe(yaw);
  // The same bits on every machine, as packages/hypersphere/fixtures has them: 1.5 times a float32.
  expect(yaw).toBe(-1.684147596359253);
});

test("an axis without a deviation stays as it is asked for, or free; of 0 all are at its value", () => {
  const spec = said({ light: 2, side: 1, deviation: { side: 0, yaw: 0 } });
  expect(conditionsOf(spec, { identity: 0, drawn: 0 })).toEqual({
    ...{ ground: "any", draw: 0, camera: "none" },
    ...{ yaw: 0, pitch: undefined, light: 2, side: 1 },
  });
});
