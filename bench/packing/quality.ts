import { figuresOf, pack } from "./pack.ts";

export interface Quality {
  count: number;
  dimension: number;
  iterations: number;
  /** Of a second, longer run: what is reached where time does not matter. */
  long: number;
  rivalIterations: number;
}

/**
 * The fast solver against the paper's recipe (mean loss, Adam, learning rate 0.01, the schedule shrunk
 * to its iterations) on the same kernels, one after the other in this process.
 */
export async function benchQuality({ rivalIterations, long, iterations, ...size }: Quality) {
  const fast = await pack({ ...size, iterations });
  const longer = await pack({ ...size, iterations: long });
  const recipe = { method: "paper", learningRate: 0.01, iterations: rivalIterations };
  const rival = await pack({ ...size, ...recipe });
  const rivalMaxCosine = rival.trace.at(-1)?.maxCosine ?? 1;
  const reachedAt = fast.trace.find((point) => point.maxCosine <= rivalMaxCosine)?.seconds;
  const { iterations: longIterations, seconds, maxCosine } = figuresOf(longer);
  return {
    ...figuresOf(fast),
    long: { iterations: longIterations, seconds, maxCosine },
    rivalIterations,
    rivalSeconds: rival.seconds,
    rivalMaxCosine,
    secondsToRivalMaxCosine: reachedAt ?? null,
    speedup: reachedAt ? rival.seconds / reachedAt : null,
  };
}
