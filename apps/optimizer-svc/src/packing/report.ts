import type { PackingPoint } from "@hyperface/contracts";
import {
  type Closeness,
  mean,
  type ObjectiveOptions,
  objectiveOf,
  regulariserOf,
} from "./objective.ts";

/** Reports in a whole packing, about. */
const REPORTS = 200;

/** True at the steps that are reported: the start, every 200th part, and the end. */
export const isReported = (iteration: number, iterations: number): boolean =>
  iteration === iterations || iteration % Math.max(1, Math.ceil(iterations / REPORTS)) === 0;

/** One point of the history from the neighbours of all points, or of a sample of them. */
export function reportOf(
  iteration: number,
  neighbours: Closeness,
  options: ObjectiveOptions,
): PackingPoint {
  const sorted = Float64Array.from(neighbours.points.cosine).sort();
  const quantile = (q: number) => sorted[Math.round(q * (sorted.length - 1))] as number;
  return {
    iteration,
    maxCosine: quantile(1),
    nearestCosine: {
      mean: mean(sorted),
      p05: quantile(0.05),
      p25: quantile(0.25),
      p50: quantile(0.5),
      p75: quantile(0.75),
      p95: quantile(0.95),
    },
    regulariser: neighbours.gallery && regulariserOf(neighbours.gallery),
    objective: objectiveOf(neighbours, options),
    evaluated: sorted.length,
  };
}
