import type { Solver } from "../solver.ts";

/**
 * Algorithm 1 as TensorFlow.js has it: automatic differentiation and tf.train.adam, re-projected to the
 * sphere every step. The optimiser is made anew from the state each step, so a checkpoint loses nothing.
 */
export const tfjsSolver: Solver = {
  start: ({ count, dimension }) => ({
    tensors: {
      first: new Float32Array(count * dimension),
      second: new Float32Array(count * dimension),
    },
    scalars: {},
  }),

  async step(state, context) {
    // Large, and seldom asked for: loaded when it is.
    const { tfjsStep } = await import("./recipe.ts");
    return tfjsStep(state, context);
  },
};
