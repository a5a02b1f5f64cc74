import { figuresOf, pack } from "./pack.ts";

export interface Quality {
  count: number;
  dimension: number;
  iterations: number;
  /** Of a second, longer run: what is reached where time does not matter. */
  long?: number;
  rivalIterations?: number;
}

/**
 * The fast solver, and against it the paper's recipe (mean loss, Adam, learning rate 0.01, the schedule shrunk
 * to its iterations) on the same kernels, one after the other in this process. Speeds are by CPU seconds.
 */
export async function benchQuality({ rivalIterations, long, iterations, ...size }: Quality) {
  const fast = await pack({ ...size, iterations });
  const longer = long === undefined ? null : figuresOf(await pack({ ...size, iterations: long }));
  if (rivalIterations === undefined) return { ...figuresOf(fast), long: longer };
  const recipe = { method: "paper", learningRate: 0.01, iterations: rivalIterations };
  const rival = await pack({ ...size, ...recipe });
  const rivalMaxCosine = rival.trace.at(-1)?.maxCosine ?? 1;
  const reachedAt = fast.trace.find((point) => point.maxCosine <= rivalMaxCosine)?.cpuSeconds;
  return {
    ...figuresOf(fast),
    long: longer,
    rivalIterations,
    rivalCpuSeconds: rival.cpuSeconds,
    rivalMaxCosine,
    cpuSecondsToRivalMaxCosine: reachedAt ?? null,
    speedup: reachedAt ? rival.cpuSeconds / reachedAt : null,
  };
}
