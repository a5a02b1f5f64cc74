import { ALPHAS } from "./alphas.ts";
import type { Scheduler } from "./scheduler.ts";

/**
 * The noise left after the last step: none, diffusers' default from 0.26 on; or the smallest that the network
 * was trained with, as in the 0.22 that Arc2Face was published with.
 */
export type FinalSigma = "zero" | "sigma_min";

/** From so many steps on, a last step that leaves noise is of second order too. */
const LONG = 15;

/**
 * DPM-Solver++(2M) for a network that predicts noise, midpoint form (Lu et al. 2022, "DPM-Solver++",
 * Algorithm 2), timesteps spaced evenly from 999 down.
 * @param steps 1 to 999
 */
export function createDpmSolver(steps: number, finalSigma: FinalSigma = "zero"): Scheduler {
  const last = ALPHAS.length - 1;
  // numpy's linspace: a multiple of the spacing, not i * last / steps, whose halves round elsewhere.
  const spacing = last / steps;
  const timesteps = Array.from({ length: steps }, (_, i) =>
    i === 0 ? last : roundHalfToEven((steps - i) * spacing),
  );
  const sigmas = [...timesteps.map(sigmaAt), finalSigma === "zero" ? 0 : sigmaAt(0)];
  const sigma = (i: number) => sigmas[i] as number;
  /** lambda = log(alpha / sigma) goes up by this in step `i`. */
  const gain = (i: number) => Math.log(sigma(i) / sigma(i + 1));
  const lastIsFirstOrder = finalSigma === "zero" || steps < LONG;

  return {
    timesteps,
    addsNoise: () => false,
    step(i, { latents, denoised: previous }, epsilon) {
      const [from, to] = [sigma(i), sigma(i + 1)];
      // Signal's share where the noise is sigma times it, both of unit variance together.
      const [alphaFrom, alphaTo] = [1 / Math.hypot(1, from), 1 / Math.hypot(1, to)];
      const keep = (to * alphaTo) / (from * alphaFrom);
      // exp(-h) = to / from, which stays finite where to is 0.
      const add = alphaTo * (1 - to / from);
      const back = i > 0 && !(i === steps - 1 && lastIsFirstOrder) ? previous : undefined;
      const slope = back ? gain(i) / gain(i - 1) / 2 : 0;
      const denoised = new Float32Array(latents.length);
      const next = new Float32Array(latents.length);
      for (let k = 0; k < latents.length; k++) {
        const x = latents[k] as number;
        const clean = (x - from * alphaFrom * (epsilon[k] as number)) / alphaFrom;
        const ahead = back ? clean + slope * (clean - (back[k] as number)) : clean;
        denoised[k] = clean;
        next[k] = keep * x + add * ahead;
      }
      return { latents: next, denoised };
    },
  };
}

/** sigma / alpha at a training step, in float32 as diffusers keeps it. */
function sigmaAt(t: number): number {
  const alpha = ALPHAS[t] as number;
  return Math.fround(Math.sqrt(Math.fround(Math.fround(1 - alpha) / alpha)));
}

function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
