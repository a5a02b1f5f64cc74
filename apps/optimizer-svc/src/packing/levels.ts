import type { Repulsion } from "./kernels/kernels.ts";
import { nearestOfMoving } from "./moving.ts";
import { indexOfMax } from "./objective.ts";
import type { PackingState, SolverContext } from "./solver.ts";

/** How much more the closest point near a gallery counts than one that keeps its distance, and within which cosines of it others do. */
const EMPHASIS = 0.45;
const EMPHASIS_WIDTH = 0.01;

/** At the start no sum exceeds 1: each level is above the softened maximum. */
export async function setLevels(
  { tensors: { levels }, scalars, ...state }: PackingState,
  { spec, kernels }: SolverContext,
  sharpness: number,
): Promise<void> {
  const { cosine } = await nearestOfMoving(state, spec, kernels);
  scalars.level = cosine[indexOfMax(cosine)] as number;
  const above = Math.log(spec.count) / sharpness;
  levels?.set(cosine.map((value) => value + above));
}

/**
 * What each point's part of the mean weighs, at most 1: the points that are closest to another count somewhat more, so
 * that the largest cosine of all falls with the mean of the largest.
 */
export function emphasis(levels: Float32Array): Float32Array {
  const top = levels[indexOfMax(levels)] as number;
  return levels.map(
    (level) => (1 + EMPHASIS * Math.exp((level - top) / EMPHASIS_WIDTH)) / (1 + EMPHASIS),
  );
}

/**
 * The next step's levels: the largest cosine, or each point's softened one, which the sum of its weights tells. They lag
 * by a step; the scale of the force, which makes the weights' mean 1, takes out what all have in common.
 */
export function moveLevels(
  { tensors: { levels }, scalars }: PackingState,
  {
    sums,
    cosine,
    shares,
  }: Pick<Repulsion, "sums" | "cosine"> & { shares?: Float32Array | undefined },
  sharpness: number,
): void {
  scalars.level = cosine[indexOfMax(cosine)] as number;
  levels?.forEach((level, i) => {
    const sum = (sums[i] as number) / (shares?.[i] ?? 1);
    levels[i] = level + Math.log(Math.max(sum, Number.MIN_VALUE)) / sharpness;
  });
}
