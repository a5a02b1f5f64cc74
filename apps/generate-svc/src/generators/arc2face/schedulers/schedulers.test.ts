import { readFile } from "node:fs/promises";
import { decodeSafetensors } from "@hyperface/formats";
import { describe, expect, test } from "vitest";
import { ALPHAS } from "./alphas.ts";
import { createDpmSolver } from "./dpm-solver.ts";
import { createLcm } from "./lcm.ts";
import type { SamplingState, Scheduler } from "./scheduler.ts";

// fixtures/arc2face/make_schedulers.py runs diffusers' own.
const path = new URL("../../../../fixtures/arc2face/schedulers.safetensors", import.meta.url);
const { tensors } = decodeSafetensors(await readFile(path));
const golden = (name: string) => tensors[name]?.data as Float32Array;
const [mean, start, noise] = [golden("mean"), golden("start"), golden("noise")];
const entries = start.length;
const row = (values: Float32Array, i: number) => values.subarray(i * entries, (i + 1) * entries);

/** The exact noise prediction for data of N(mean, 0.25). */
const predict = (latents: Float32Array, t: number) => {
  const alpha = ALPHAS[t] as number;
  const share = Math.sqrt(1 - alpha) / (alpha * 0.25 + 1 - alpha);
  return latents.map((x, k) => share * (x - Math.sqrt(alpha) * (mean[k] as number)));
};

function sample(scheduler: Scheduler): Float32Array {
  let state: SamplingState = { latents: start };
  for (const [i, t] of scheduler.timesteps.entries()) {
    state = scheduler.step(i, state, predict(state.latents, t), row(noise, i));
  }
  return state.latents;
}

const MAKERS: Record<string, (steps: number) => Scheduler> = {
  "dpm-zero": (steps) => createDpmSolver(steps),
  "dpm-sigma_min": (steps) => createDpmSolver(steps, "sigma_min"),
  lcm: createLcm,
};

test("the schedule of alphas has diffusers' bits", () => {
  expect(ALPHAS).toEqual(golden("alphas"));
});

describe.each(Object.entries(MAKERS))("%s over 2 to 50 steps", (name, make) => {
  const schedulers = Array.from({ length: 49 }, (_, k) => make(k + 2));

  test("has diffusers' timesteps", () => {
    const timesteps = schedulers.flatMap((scheduler) => scheduler.timesteps);
    const expected = tensors[`${name}.timesteps`]?.data as Int32Array;
    expect(timesteps).toEqual([...expected]);
  });

  test("ends at diffusers' latents, within 1e-5", () => {
    const expected = golden(`${name}.latents`);
    for (const [k, scheduler] of schedulers.entries()) {
      const differences = sample(scheduler).map((x, e) => x - (row(expected, k)[e] as number));
      expect(Math.max(...differences.map(Math.abs))).toBeLessThan(1e-5);
    }
  });
});

test("one step is a leap to the clean latents", () => {
  const [alpha, epsilon] = [ALPHAS[999] as number, predict(start, 999)];
  const clean = start.map((x, k) => {
    return (x - Math.sqrt(1 - alpha) * (epsilon[k] as number)) / Math.sqrt(alpha);
  });
  for (const scheduler of [createDpmSolver(1), createLcm(1)]) {
    for (const [k, x] of sample(scheduler).entries()) expect(x).toBeCloseTo(clean[k] as number, 3);
  }
});

test("the few-step sampler says what it lacks", () => {
  expect(() => createLcm(51)).toThrow("at most 50 steps");
  expect(() => createLcm(2).step(0, { latents: start }, start)).toThrow("fresh noise");
});
