import { PackingSpec, resolvePacking } from "@hyperface/contracts";
import { describe, expect, test } from "vitest";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { plainKernels } from "./kernels/plain.ts";
import { secondsLeft, stepsInAll } from "./progress.ts";
import { continuePacking, memoryOf, startPacking } from "./solve.ts";
import { NO_VECTORS, type PackingState } from "./solver.ts";

const SIZE = { count: 24, dimension: 6, alpha: 0, start: "random" };
const resolve = (settings: object) => resolvePacking(PackingSpec.parse({ ...SIZE, ...settings }));

/** A machine on which step number k takes `secondsOf(k)`: each step asks for the time before it and after. */
function clockOf(secondsOf: (step: number) => number): () => number {
  let asked = 0;
  let milliseconds = 0;
  return () => {
    if (asked % 2 === 1) milliseconds += 1000 * secondsOf((asked - 1) / 2);
    asked++;
    return milliseconds;
  };
}

async function pack(
  settings: object,
  now: () => number,
  { from, steps = Number.POSITIVE_INFINITY }: { from?: PackingState; steps?: number } = {},
) {
  const spec = resolve(settings);
  const state = from ?? (await startPacking(spec, NO_VECTORS, plainKernels));
  let taken = 0;
  const context = { spec, vectors: NO_VECTORS, kernels: plainKernels, now };
  await continuePacking(state, context, () => ++taken < steps);
  return { spec, state };
}

describe("a budget of seconds", () => {
  test("anneals as that many steps would, where each takes as long", async () => {
    const { state } = await pack(
      { budgetSeconds: 5 },
      clockOf(() => 1 / 16),
    );
    const bySteps = await pack(
      { iterations: 80 },
      clockOf(() => 1),
    );
    expect(state.iteration).toBe(80);
    expect(state.embeddings).toEqual(bySteps.state.embeddings);
    expect(state.history.at(-1)).toEqual(bySteps.state.history.at(-1));
  });

  test("is annealed to the end where steps become slower, and reported along the time", async () => {
    const slowing = clockOf((step) => (step < 40 ? 1 / 16 : 1 / 8));
    const { state } = await pack({ budgetSeconds: 5 }, slowing);
    const even = await pack(
      { iterations: 60 },
      clockOf(() => 1),
    );
    expect(state.iteration).toBe(60);
    expect(state.history.at(-1)?.maxCosine).toBeLessThan(
      (even.state.history.at(-1)?.maxCosine as number) + 0.02,
    );
    const long = await pack(
      { budgetSeconds: 5 },
      clockOf(() => 1 / 256),
    );
    expect(long.state.iteration).toBe(1280);
    expect(long.state.history.length).toBeGreaterThan(150);
    expect(long.state.history.length).toBeLessThan(210);
    expect(long.state.history.at(-1)?.iteration).toBe(1280);
  });

  test("goes on from a checkpoint with what is left of it", async () => {
    const settings = { budgetSeconds: 5 };
    const whole = await pack(
      settings,
      clockOf(() => 1 / 16),
    );
    const first = await pack(
      settings,
      clockOf(() => 1 / 16),
      { steps: 30 },
    );
    expect(first.state.iteration).toBe(30);
    expect(stepsInAll(first.state, first.spec)).toBe(80);
    expect(secondsLeft(first.state, first.spec, 16)).toBeCloseTo(5 - 30 / 16, 9);
    const bytes = Buffer.concat(encodeCheckpoint(first.state, first.spec, "a"));
    const from = decodeCheckpoint(bytes, first.spec, "a", memoryOf(first.spec));
    const { state, spec } = await pack(
      settings,
      clockOf(() => 1 / 16),
      { from },
    );
    expect(state.embeddings).toEqual(whole.state.embeddings);
    expect(state.history).toEqual(whole.state.history);
    expect([stepsInAll(state, spec), secondsLeft(state, spec, 16)]).toEqual([80, 0]);
  });

  test("ends before it is used up where the steps asked for are done", async () => {
    const { state } = await pack(
      { budgetSeconds: 5, iterations: 20 },
      clockOf(() => 1 / 16),
    );
    expect(state.iteration).toBe(20);
  });

  test.each([{ method: "paper" }, { plateau: { patience: 3 } }, { budgetSeconds: 0 }])(
    "is refused with %o",
    (settings) => {
      const { error } = PackingSpec.safeParse({ ...SIZE, budgetSeconds: 5, ...settings });
      expect(error?.issues.map(({ path }) => path[0])).toEqual(["budgetSeconds"]);
    },
  );
});
