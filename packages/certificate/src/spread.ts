import type { Spread } from "@hyperface/contracts";

/** @param values one or more */
export function spreadOf(values: ArrayLike<number>): Spread {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  return {
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    smallest: at(0),
    p05: at(0.05),
    p50: at(0.5),
    p95: at(0.95),
    largest: at(1),
  };
}
