import type { Floats, Session } from "@hyperface/inference";
import { concatenate, predictNoise } from "./networks.ts";
import type { SamplingState, Scheduler } from "./schedulers/scheduler.ts";

export interface SamplingRun {
  scheduler: Scheduler;
  /** g of classifier-free guidance; at 1 the unconditional half is not computed. */
  guidance: number;
  /** Of each image, [N, 77, h]. */
  states: Floats;
  /** Of the empty prompt, [1, 77, h]. */
  unconditional: Floats;
  /** Standard normal, [N, 4, H, W]. */
  start: Floats;
  /** Fresh noise of step `i`, standard normal, [N, 4, H, W]. */
  noise(i: number): Float32Array;
  /** Called before each step and after the last: to tell how far it is, or to end it by throwing. */
  onStep?(step: number, latents: Float32Array): void;
}

/**
 * From noise to latents of images, as a batch. With guidance (Ho and Salimans 2022) the predicted noise is
 * u + g (c - u): u of the empty prompt, c of the identity.
 * @returns [N, 4, H, W]
 */
export async function sampleLatents(unet: Session, run: SamplingRun): Promise<Floats> {
  const { scheduler, guidance, states, unconditional, start, onStep } = run;
  const guided = guidance !== 1;
  const { dims } = start;
  const empty = Array.from({ length: guided ? (dims[0] as number) : 0 }, () => unconditional);
  const all = concatenate([...empty, states]);
  let state: SamplingState = { latents: start.data };
  for (const [i, t] of scheduler.timesteps.entries()) {
    onStep?.(i, state.latents);
    const latents: Floats = { data: state.latents, dims };
    const input = guided ? concatenate([latents, latents]) : latents;
    const predicted = predictNoise(unet, t, input, all);
    // Drawn while the network's thread computes.
    const noise = scheduler.addsNoise(i) ? run.noise(i) : undefined;
    const { data } = await predicted;
    const epsilon = guided ? guide(data, guidance) : data;
    state = scheduler.step(i, state, epsilon, noise);
  }
  onStep?.(scheduler.timesteps.length, state.latents);
  return { data: state.latents, dims };
}

/** @param both the unconditional half, then the conditional one */
function guide(both: Float32Array, guidance: number): Float32Array {
  const length = both.length / 2;
  const epsilon = new Float32Array(length);
  for (let k = 0; k < length; k++) {
    const u = both[k] as number;
    epsilon[k] = u + guidance * ((both[length + k] as number) - u);
  }
  return epsilon;
}
