/** What a step hands to the next. */
export interface SamplingState {
  /** x_t, any shape flattened: every entry is stepped alike. */
  latents: Float32Array;
  /** The step's estimate of the clean latents x_0, which a multistep solver looks back at. */
  denoised?: Float32Array;
}

/** Takes latents from noise to an image's, one call of the noise-predicting network a step. Pure. */
export interface Scheduler {
  /** What the network is told at each step, falling, in [0, 1000). */
  timesteps: readonly number[];
  /** Whether step `i` adds fresh noise. */
  addsNoise(i: number): boolean;
  /**
   * @param i the step, from 0
   * @param epsilon the noise that the network predicts in `state.latents`, of the same length
   * @param noise standard normal, of the same length, where {@link addsNoise}
   */
  step(i: number, state: SamplingState, epsilon: Float32Array, noise?: Float32Array): SamplingState;
}
