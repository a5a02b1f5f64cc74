import { createDpmSolver, type FinalSigma } from "./schedulers/dpm-solver.ts";
import { createLcm } from "./schedulers/lcm.ts";
import type { Scheduler } from "./schedulers/scheduler.ts";

/** How an image is sampled; what is left out has the sampler's default. */
export interface SamplingOptions {
  /** The U-Net with a consistency adapter: a few steps instead of some dozens. */
  fewStep?: boolean | undefined;
  steps?: number | undefined;
  /** g of classifier-free guidance; 1 is none, at half the work. */
  guidance?: number | undefined;
  /** Side of the picture that is drawn, pixels. */
  side?: number | undefined;
}

export type Sampling = { [K in keyof SamplingOptions]-?: NonNullable<SamplingOptions[K]> };

/** Arc2Face's own choice, and that of the consistency adapter's authors. */
const DEFAULTS = {
  solver: { steps: 25, guidance: 3 },
  fewStep: { steps: 4, guidance: 1 },
};

/** @param side the generator's own */
export function completeSampling(options: SamplingOptions, side: number): Sampling {
  const { fewStep = false } = options;
  const { steps, guidance } = fewStep ? DEFAULTS.fewStep : DEFAULTS.solver;
  return {
    fewStep,
    steps: options.steps ?? steps,
    guidance: options.guidance ?? guidance,
    side: options.side ?? side,
  };
}

export const createScheduler = (
  { fewStep, steps }: Sampling,
  finalSigma: FinalSigma = "zero",
): Scheduler => (fewStep ? createLcm(steps) : createDpmSolver(steps, finalSigma));
