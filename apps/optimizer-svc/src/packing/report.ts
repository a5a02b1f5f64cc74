import { quantilesOf } from "@hyperface/certificate";
import type { PackingPoint, ResolvedPacking } from "@hyperface/contracts";
import { type Closeness, indexOfMax, objectiveOf, regulariserOf } from "./objective.ts";

/** One point of the history from the neighbours of all points, or of a sample of them. */
export function reportOf(
  iteration: number,
  neighbours: Closeness,
  spec: Pick<ResolvedPacking, "loss" | "alpha" | "repel">,
): PackingPoint {
  const { repelled } = neighbours;
  const { cosine } = neighbours.points;
  const { mean, at } = quantilesOf(cosine);
  return {
    iteration,
    maxCosine: at(1),
    nearestCosine: {
      mean,
      p05: at(0.05),
      p25: at(0.25),
      p50: at(0.5),
      p75: at(0.75),
      p95: at(0.95),
    },
    regulariser: neighbours.gallery && regulariserOf(neighbours.gallery),
    objective: objectiveOf(neighbours, spec),
    evaluated: cosine.length,
    ...(repelled && spec.repel
      ? { repelled: keptFrom(repelled.cosine, spec.repel.minimumDistance) }
      : {}),
  };
}

/** Rounding of a cosine in float32 is no distance that is not kept. */
const ROUNDING = 1e-6;

const keptFrom = (cosine: ArrayLike<number>, minimumDistance: number) => ({
  smallestDistance: 1 - (cosine[indexOfMax(cosine)] as number),
  tooNear: Array.from(cosine).filter((value) => 1 - value < minimumDistance - ROUNDING).length,
});
