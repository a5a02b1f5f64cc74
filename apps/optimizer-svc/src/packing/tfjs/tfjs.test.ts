import { PackingSpec, resolvePacking } from "@hyperface/contracts";
import { randomStream } from "@hyperface/hypersphere";
import { normaliseRows } from "@hyperface/vectors";
import { describe, expect, test } from "vitest";
import { createOnnxKernels } from "../kernels/onnx.ts";
import { plainKernels } from "../kernels/plain.ts";
import { findNeighbours, gradientOf, objectiveOf } from "../objective.ts";
import { continuePacking, startPacking } from "../solve.ts";
import { NO_VECTORS } from "../solver.ts";
import { chooseBackend } from "./backend.ts";
import { differentiate } from "./objective.ts";

const dimension = 24;
const rows = (count: number, seed: number) => ({
  data: normaliseRows(randomStream(seed, "test").gaussian(count * dimension), dimension),
  dimension,
});
const length = (v: ArrayLike<number>) => Math.hypot(...Array.from(v));

test("a backend loads on any machine", async () => {
  expect(await chooseBackend()).toMatch(/^@tensorflow\/tfjs-/);
});

describe.each([
  { loss: "mean", alpha: 0 },
  { loss: "mean", alpha: 0.5 },
  { loss: "global", alpha: 0.5 },
] as const)("automatic differentiation, loss $loss, alpha $alpha", (options) => {
  test.each(["plain", "onnx"])("agrees with the %s kernels to 1e-5", async (name) => {
    const kernels = name === "plain" ? plainKernels : await createOnnxKernels(dimension);
    const points = rows(150, 1);
    const gallery = options.alpha > 0 ? rows(80, 2) : null;
    const judged = await differentiate(points, gallery, options);
    const neighbours = await findNeighbours(kernels, points, gallery);
    const objective = objectiveOf(neighbours, options);
    expect(Math.abs(judged.objective / objective - 1)).toBeLessThan(1e-5);
    const gradient = gradientOf(points, gallery, neighbours, options);
    const apart = gradient.map((value, k) => value - (judged.gradient[k] as number));
    expect(length(apart) / length(gradient)).toBeLessThan(1e-5);
  });
});

test("the recipe goes the same way on either engine, and cut or uncut", async () => {
  const gallery = rows(60, 3);
  const vectors = { ...NO_VECTORS, near: gallery };
  async function pack(engine: "onnx" | "tfjs", cut: boolean) {
    const recipe = { method: "paper", learningRate: 0.01, iterations: 40, engine };
    const spec = resolvePacking(PackingSpec.parse({ count: 50, dimension, ...recipe }));
    const state = await startPacking(spec, vectors, plainKernels);
    const context = { spec, vectors, kernels: plainKernels };
    while (!state.done) await continuePacking(state, context, () => !cut);
    return state;
  }
  const [own, tfjs, inSteps] = await Promise.all([
    pack("onnx", false),
    pack("tfjs", false),
    pack("tfjs", true),
  ]);
  expect(inSteps.embeddings).toEqual(tfjs.embeddings);
  for (const [k, { objective }] of tfjs.history.entries()) {
    expect(objective).toBeCloseTo(own.history[k]?.objective as number, 4);
  }
});

test("needs the plain recipe of few enough identities", () => {
  const refusal = (spec: object) => {
    const asked = { count: 30, dimension, engine: "tfjs", method: "paper", ...spec };
    return PackingSpec.safeParse(asked).error?.issues[0]?.path[0];
  };
  expect(refusal({})).toBeUndefined();
  expect(refusal({ method: "fast" })).toBe("engine");
  expect(refusal({ batch: 8 })).toBe("engine");
  expect(refusal({ optimizer: "rmsprop" })).toBe("engine");
  expect(refusal({ count: 10_001 })).toBe("engine");
});
