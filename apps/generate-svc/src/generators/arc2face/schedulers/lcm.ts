import { ALPHAS } from "./alphas.ts";
import type { Scheduler } from "./scheduler.ts";

/** Timesteps that the network was distilled at: 999, 979, ... 19. */
const DISTILLED_STEPS = 50;
/** Standard deviation of the data, and what multiplies a timestep, in the boundary condition. */
const SIGMA_DATA = 0.5;
const TIMESTEP_SCALING = 10;

/**
 * Multistep sampling of a latent consistency model (Luo et al. 2023, "Latent Consistency Models",
 * Algorithm 3): each step leaps to the clean latents, and all but the last go back to some fresh noise.
 * @param steps 1 to 50, 2 to 4 as a rule
 * @throws RangeError where there are more steps than were distilled
 */
export function createLcm(steps: number): Scheduler {
  if (steps > DISTILLED_STEPS) {
    throw new RangeError(`the few-step sampler takes at most ${DISTILLED_STEPS} steps`);
  }
  const stride = ALPHAS.length / DISTILLED_STEPS;
  const timesteps = Array.from({ length: steps }, (_, i) => {
    return (DISTILLED_STEPS - Math.floor((i * DISTILLED_STEPS) / steps)) * stride - 1;
  });
  const addsNoise = (i: number) => i < steps - 1;
  /** Shares of signal and noise at step `i`. */
  const shares = (i: number) => {
    const alpha = ALPHAS[timesteps[i] as number] as number;
    return [Math.sqrt(alpha), Math.sqrt(1 - alpha)] as const;
  };

  return {
    timesteps,
    addsNoise,
    step(i, { latents }, epsilon, noise) {
      if (addsNoise(i) && !noise) throw new RangeError(`step ${i} of ${steps} takes fresh noise`);
      const [signal, spread] = shares(i);
      const time = TIMESTEP_SCALING * (timesteps[i] as number);
      const skip = SIGMA_DATA ** 2 / (time ** 2 + SIGMA_DATA ** 2);
      const out = time / Math.hypot(time, SIGMA_DATA);
      const [nextSignal, nextSpread] = addsNoise(i) ? shares(i + 1) : [1, 0];
      const next = new Float32Array(latents.length);
      for (let k = 0; k < latents.length; k++) {
        const x = latents[k] as number;
        const clean = (x - spread * (epsilon[k] as number)) / signal;
        const fresh = nextSpread === 0 ? 0 : nextSpread * (noise?.[k] as number);
        next[k] = nextSignal * (out * clean + skip * x) + fresh;
      }
      return { latents: next };
    },
  };
}
