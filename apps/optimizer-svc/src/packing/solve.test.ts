import { PackingProblem, resolvePacking } from "@hyperface/contracts";
import { normaliseRows, randomStream } from "@hyperface/hypersphere";
import { describe, expect, test } from "vitest";
import { createOnnxKernels } from "./kernels/onnx.ts";
import { plainKernels } from "./kernels/plain.ts";
import { continuePacking, startPacking } from "./solve.ts";

const resolve = (problem: object) => resolvePacking(PackingProblem.parse(problem));

describe("known optimal codes, from a random start", () => {
  test.each([
    { name: "simplex", count: 6, dimension: 5, cosine: -1 / 5 },
    { name: "cross-polytope", count: 8, dimension: 4, cosine: 0 },
    { name: "icosahedron", count: 12, dimension: 3, cosine: 1 / Math.sqrt(5) },
    { name: "snub cube", count: 24, dimension: 3, cosine: Math.cos((43.6908 * Math.PI) / 180) },
    { name: "24-cell", count: 24, dimension: 4, cosine: 1 / 2 },
    { name: "Clebsch", count: 16, dimension: 5, cosine: 1 / 5 },
    { name: "Schläfli", count: 27, dimension: 6, cosine: 1 / 4 },
  ])("$name", async ({ count, dimension, cosine }) => {
    const reached = await Promise.all(
      [1, 2, 3, 4].map(async (seed) => {
        const problem = resolve({
          count,
          dimension,
          alpha: 0,
          initialise: "random",
          iterations: 3000,
          seed,
        });
        const none = { gallery: null, initial: null };
        const state = await startPacking(problem, none, plainKernels);
        const context = { problem, gallery: null, kernels: plainKernels };
        await continuePacking(state, context, () => true);
        return state.history.at(-1)?.maxCosine as number;
      }),
    );
    const best = Math.min(...reached);
    expect(best).toBeGreaterThan(cosine - 1e-6);
    expect(best).toBeLessThan(cosine + 1e-4);
  });
});

describe("a gallery", () => {
  const dimension = 32;
  const gallery = {
    data: normaliseRows(randomStream(5, "test").gaussian(60 * dimension), dimension),
    dimension,
  };

  async function pack(alpha: number, count = 40) {
    const kernels = await createOnnxKernels(dimension);
    const problem = resolve({ count, dimension, alpha, iterations: 200 });
    const state = await startPacking(problem, { gallery, initial: null }, kernels);
    await continuePacking(state, { problem, gallery, kernels }, () => true);
    return { state, first: state.history[0], last: state.history.at(-1) };
  }

  test("holds points near it the more, the larger alpha", async () => {
    const [free, held, tied] = await Promise.all([0, 0.5, 5].map((alpha) => pack(alpha)));
    const closeness = [free, held, tied].map((run) => run?.last?.regulariser as number);
    expect(closeness[0]).toBeGreaterThan(closeness[1] as number);
    expect(closeness[1]).toBeGreaterThan(closeness[2] as number);
    expect(free?.last?.maxCosine).toBeLessThan(free?.first?.maxCosine as number);
    expect(held?.last?.objective).toBeLessThan(held?.first?.objective as number);
  });

  test("smaller than the packing leaves no two points together", async () => {
    const { state } = await pack(0.5, 100);
    expect(state.history.at(-1)?.maxCosine).toBeLessThan(0.9);
    expect([...state.embeddings].every(Number.isFinite)).toBe(true);
  });
});

test("Algorithm 2 packs by batches: only a batch moves in a step, and in the end all are apart", async () => {
  const problem = resolve({
    count: 60,
    dimension: 32,
    alpha: 0,
    initialise: "random",
    method: "paper",
    batch: 12,
    learningRate: 0.01,
    iterations: 1500,
  });
  const none = { gallery: null, initial: null };
  const state = await startPacking(problem, none, plainKernels);
  const context = { problem, gallery: null, kernels: plainKernels };
  const before = state.embeddings.slice();
  await continuePacking(state, context, () => false);
  const moved = Array.from({ length: 60 }, (_, i) =>
    state.embeddings
      .subarray(i * 32, (i + 1) * 32)
      .some((value, k) => value !== before[i * 32 + k]),
  );
  expect(moved.filter(Boolean)).toHaveLength(12);
  await continuePacking(state, context, () => true);
  const [first, last] = [state.history[0], state.history.at(-1)];
  expect(last?.maxCosine).toBeLessThan((first?.maxCosine as number) - 0.2);
});
