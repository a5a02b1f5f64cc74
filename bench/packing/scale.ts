import { figuresOf, pack } from "./pack.ts";

const STEPS = 30;
const BATCH = 5000;

/** Algorithm 2 on very many identities: a step's time, beside that of a fifth as many, and the memory. */
export async function benchScale(count: number, dimension: number) {
  const recipe = { method: "paper", learningRate: 0.01, batch: BATCH, iterations: STEPS };
  const fewer = await pack({ ...recipe, count: count / 5, dimension });
  const { secondsPerStep: secondsPerStepOfFewer } = fewer;
  const run = await pack({ ...recipe, count, dimension });
  const { secondsPerStep } = run;
  return {
    ...figuresOf(run),
    batch: BATCH,
    secondsPerStep,
    fewer: count / 5,
    secondsPerStepOfFewer,
  };
}
