import type { Sampling, SamplingOptions } from "@hyperface/contracts";
import { createDpmSolver, type FinalSigma } from "./schedulers/dpm-solver.ts";
import { createLcm } from "./schedulers/lcm.ts";
import type { Scheduler } from "./schedulers/scheduler.ts";

/** Arc2Face's own choice, and that of the consistency adapter's authors. */
const DEFAULTS = {
  solver: { steps: 25, guidance: 3 },
  fewStep: { steps: 4, guidance: 1 },
};

/** @param size the generator's own */
export function completeSampling(options: SamplingOptions, size: number): Sampling {
  const { fewStep = false, drawSize = size } = options;
  const defaults = fewStep ? DEFAULTS.fewStep : DEFAULTS.solver;
  const { steps = defaults.steps, guidance = defaults.guidance } = options;
  return { steps, guidance, fewStep, drawSize };
}

export const createScheduler = (
  { fewStep, steps }: Sampling,
  finalSigma: FinalSigma = "zero",
): Scheduler => (fewStep ? createLcm(steps) : createDpmSolver(steps, finalSigma));
