import type { Spread } from "@hyperface/contracts";

/** Mean and quantiles of some numbers: `at(q)` is the one of rank q, [0, 1]. @param values one or more */
export function quantilesOf(values: ArrayLike<number>) {
  const sorted = Float64Array.from(values).sort();
  return {
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    at: (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number,
  };
}

/** @param values one or more */
export function spreadOf(values: ArrayLike<number>): Spread {
  const { mean, at } = quantilesOf(values);
  return { mean, smallest: at(0), p05: at(0.05), p50: at(0.5), p95: at(0.95), largest: at(1) };
}
