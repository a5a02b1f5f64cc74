import type { ResolvedPacking } from "@hyperface/contracts";
import type { PackingState } from "./solver.ts";

type Place = Pick<PackingState, "iteration" | "scalars">;
type Length = Pick<ResolvedPacking, "iterations" | "budgetSeconds">;

/** Reports in a whole packing, about. */
const REPORTS = 200;

/** What a packing that lasts for a time remembers of it: seconds of its steps, and how many at its newest report. */
export const clockOf = ({ budgetSeconds }: Length): PackingState["scalars"] =>
  budgetSeconds === undefined ? {} : { seconds: 0, reportedSeconds: 0 };

/** Share that is done, [0, 1]: of the steps, or of the time where more of that is over. */
export function shareDone({ iteration, scalars }: Place, spec: Length): number {
  const ofSteps = spec.iterations > 0 ? iteration / spec.iterations : 1;
  if (spec.budgetSeconds === undefined) return ofSteps;
  return Math.min(1, Math.max(ofSteps, (scalars.seconds as number) / spec.budgetSeconds));
}

/** How far the annealing of the next step is, [0, 1]: 1 of the last, which is foreseen by the mean time of a step. */
export function annealingAt({ iteration, scalars }: Place, spec: Length): number {
  const ofSteps = spec.iterations > 1 ? iteration / (spec.iterations - 1) : 1;
  if (spec.budgetSeconds === undefined) return ofSteps;
  const seconds = scalars.seconds as number;
  const beforeLast = spec.budgetSeconds - seconds / Math.max(1, iteration);
  return Math.min(1, Math.max(ofSteps, beforeLast > 0 ? seconds / beforeLast : 1));
}

/** True where a report is due: at the start, after every 200th part, and at the end. */
export function isReported(state: Place, spec: Length): boolean {
  const { iteration, scalars } = state;
  if (iteration === 0 || shareDone(state, spec) >= 1) return true;
  if (spec.budgetSeconds !== undefined) {
    const since = (scalars.seconds as number) - (scalars.reportedSeconds as number);
    return since >= spec.budgetSeconds / REPORTS;
  }
  return iteration % Math.max(1, Math.ceil(spec.iterations / REPORTS)) === 0;
}

/** Steps of the whole packing: with a budget judged by what is done of it. */
export function stepsInAll(state: Place & Pick<PackingState, "done">, spec: Length): number {
  if (spec.budgetSeconds === undefined) return spec.iterations;
  if (state.done) return state.iteration;
  const share = Math.max(shareDone(state, spec), 1 / spec.iterations);
  return Math.min(spec.iterations, Math.ceil(state.iteration / share));
}

/** Seconds until it is done, at so many steps a second. */
export function secondsLeft(
  state: Place & Pick<PackingState, "done">,
  spec: Length,
  stepsPerSecond: number,
): number {
  if (state.done) return 0;
  const ofSteps = (spec.iterations - state.iteration) / Math.max(stepsPerSecond, 1e-9);
  if (spec.budgetSeconds === undefined) return ofSteps;
  return Math.min(ofSteps, Math.max(0, spec.budgetSeconds - (state.scalars.seconds as number)));
}
