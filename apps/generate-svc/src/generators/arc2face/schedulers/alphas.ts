const TRAINING_STEPS = 1000;
const FIRST_BETA = 0.00085;
const LAST_BETA = 0.012;

/**
 * Cumulative products of 1 - beta_t of Stable Diffusion 1.5's `scaled_linear` schedule, [1000]: the square
 * roots of beta go linearly. Rounded to float32 where PyTorch rounds, so that the bits are diffusers'.
 */
export const ALPHAS: Float32Array = (() => {
  const round = Math.fround;
  const first = round(Math.sqrt(FIRST_BETA));
  const last = round(Math.sqrt(LAST_BETA));
  const step = round(round(last - first) / (TRAINING_STEPS - 1));
  let product = 1;
  return Float32Array.from({ length: TRAINING_STEPS }, (_, t) => {
    // torch.linspace counts its second half from the end.
    const fromEnd = TRAINING_STEPS - 1 - t;
    const root = round(t < TRAINING_STEPS / 2 ? first + step * t : last - step * fromEnd);
    product *= round(1 - round(root * root));
    return product;
  });
})();
