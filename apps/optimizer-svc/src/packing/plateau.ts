import type { PackingPoint, ResolvedPacking } from "@hyperface/contracts";
import type { PackingState, Solver } from "./solver.ts";

/** Share of an annealing before which its objective says nothing of where it ends. */
const ANNEALED = 0.8;

/** Whether the best objective is older than the spec's patience. */
export function onPlateau(history: readonly PackingPoint[], spec: ResolvedPacking): boolean {
  const { plateau, method, iterations } = spec;
  if (plateau === undefined) return false;
  const from = method === "fast" ? ANNEALED * iterations : 0;
  const objectives = history
    .filter((point) => point.iteration >= from)
    .map((point) => point.objective);
  if (objectives.length <= plateau.patience) return false;
  const recent = Math.min(...objectives.slice(-plateau.patience));
  const earlier = Math.min(...objectives.slice(0, -plateau.patience));
  return recent > earlier - plateau.tolerance;
}

/** A solver that, where the spec has a plateau, remembers the best state reported as well. */
export const remembering = (solver: Solver): Solver => ({
  ...solver,
  start(spec) {
    const { tensors, scalars } = solver.start(spec);
    if (!spec.plateau) return { tensors, scalars };
    const best = new Float32Array(spec.count * spec.dimension);
    return {
      tensors: { ...tensors, best },
      scalars: { ...scalars, bestObjective: Number.MAX_VALUE, bestReport: 0 },
    };
  },
});

/** Keeps the embeddings that were just reported where none were better. */
export function keepBest(
  { tensors, scalars, history }: PackingState,
  embeddings: Float32Array,
  objective: number,
): void {
  if (objective > (scalars.bestObjective as number)) return;
  tensors.best?.set(embeddings);
  scalars.bestObjective = objective;
  scalars.bestReport = history.length - 1;
}

/** Ends with the best state, and with its report. */
export function returnBest({
  embeddings,
  tensors,
  scalars,
  history,
  iteration,
}: PackingState): void {
  const best = history[scalars.bestReport as number];
  if (!tensors.best || !best) return;
  embeddings.set(tensors.best as Float32Array);
  if (best !== history.at(-1)) history.push({ ...best, iteration });
}
