import { type PackingMetrics, type PackingSpec, resolvePacking } from "@hyperface/contracts";

/** What a packing's job counts in all: steps, or whole seconds of its budget. */
export const packingTotal = (spec: PackingSpec): number =>
  spec.budgetSeconds === undefined
    ? resolvePacking(spec).iterations
    : Math.ceil(spec.budgetSeconds);

/** How much of that is done. */
export const packingCompleted = (
  { budgetSeconds }: PackingSpec,
  { iteration, secondsLeft }: PackingMetrics,
): number =>
  budgetSeconds === undefined ? iteration : Math.floor(Math.max(0, budgetSeconds - secondsLeft));
