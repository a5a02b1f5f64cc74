import { pack, peakMemoryMB } from "./pack.ts";
import { runPython } from "./python.ts";

/** One full-batch iteration of the paper's recipe, ours against plain PyTorch's on the same machine. */
export async function benchIteration(count: number, dimension: number) {
  const steps = 5;
  const run = async (iterations: number) =>
    (await pack({ count, dimension, method: "paper", learningRate: 0.01, iterations })).seconds;
  // The start and the last report cost the same in both.
  const seconds = ((await run(1 + steps)) - (await run(1))) / steps;
  const rival = runPython<{ secondsPerIteration: number; torch: string }>("iteration.py", {
    n: count,
    d: dimension,
  });
  return {
    n: count,
    d: dimension,
    secondsPerIteration: seconds,
    rivalSeconds: rival?.secondsPerIteration ?? null,
    rivalTorch: rival?.torch ?? null,
    speedup: rival && rival.secondsPerIteration / seconds,
    peakMemoryMB: peakMemoryMB(),
  };
}
