import { readFile } from "node:fs/promises";
import { PackingSpec, resolvePacking } from "@hyperface/contracts";
import { decodeNpy } from "@hyperface/formats";
import type { Rows } from "@hyperface/vectors";
import { expect, test } from "vitest";
import { plainKernels } from "./kernels/plain.ts";
import { learningRateAt } from "./paper.ts";
import { continuePacking, startPacking } from "./solve.ts";
import { NO_VECTORS } from "./solver.ts";

const fixture = (name: string) => readFile(new URL(`../../fixtures/${name}`, import.meta.url));
async function rows(name: string): Promise<Rows> {
  const { data, shape } = decodeNpy(await fixture(name));
  return { data: data as Float32Array, dimension: shape[1] as number };
}
const golden = JSON.parse((await fixture("paper.json")).toString()) as {
  settings: {
    iterations: number;
    learningRate: number;
    schedule: { factor: number; every: number };
  };
  runs: {
    optimizer: "adam" | "adamw" | "rmsprop";
    loss: "mean" | "global";
    alpha: number;
    learningRate: number;
    objectives: number[];
  }[];
};

// fixtures/make.py is Algorithm 1 in PyTorch, in float64.
test.each(golden.runs)(
  "Algorithm 1 is PyTorch's: $optimizer, $loss, alpha $alpha",
  async ({ objectives, ...recipe }) => {
    const [near, start] = await Promise.all([rows("gallery.npy"), rows("start.npy")]);
    const vectors = { ...NO_VECTORS, near, start };
    const spec = resolvePacking(
      PackingSpec.parse({
        count: 24,
        dimension: 16,
        method: "paper",
        start: "set",
        ...golden.settings,
        ...recipe,
      }),
    );
    const state = await startPacking(spec, vectors, plainKernels);
    await continuePacking(state, { spec, vectors, kernels: plainKernels }, () => true);
    expect(state.history.map(({ iteration }) => iteration)).toEqual(objectives.map((_, i) => i));
    for (const [i, { objective }] of state.history.entries()) {
      expect(objective).toBeCloseTo(objectives[i] as number, 4);
    }
  },
);

test("the published schedule: times 0.75 every 5,000 of 100,000", () => {
  const spec = resolvePacking(PackingSpec.parse({ count: 2, dimension: 2, method: "paper" }));
  expect(spec.iterations).toBe(100_000);
  const rates = [0, 4999, 5000, 10_000].map((step) => learningRateAt(spec, step));
  expect(rates).toEqual([0.1, 0.1, 0.1 * 0.75, 0.1 * 0.75 ** 2]);
});
