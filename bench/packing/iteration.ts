import { pack, peakMemoryMB } from "./pack.ts";
import { runPython } from "./python.ts";

interface Rival {
  secondsPerIteration: number;
  cpuSecondsPerIteration: number;
  torch: string;
}

/** One full-batch iteration of the paper's recipe, ours against PyTorch's on the same machine, by CPU seconds. */
export async function benchIteration(count: number, dimension: number) {
  const steps = 5;
  const run = (iterations: number) =>
    pack({ count, dimension, method: "paper", learningRate: 0.01, iterations });
  // The start and the last report cost the same in both.
  const [more, one] = [await run(1 + steps), await run(1)];
  const cpuSecondsPerIteration = (more.cpuSeconds - one.cpuSeconds) / steps;
  const rival = runPython<Rival>("iteration.py", { n: count, d: dimension });
  return {
    n: count,
    d: dimension,
    secondsPerIteration: (more.seconds - one.seconds) / steps,
    cpuSecondsPerIteration,
    rivalSeconds: rival?.secondsPerIteration ?? null,
    rivalCpuSeconds: rival?.cpuSecondsPerIteration ?? null,
    rivalTorch: rival?.torch ?? null,
    speedup: rival && rival.cpuSecondsPerIteration / cpuSecondsPerIteration,
    peakMemoryMB: peakMemoryMB(),
  };
}
