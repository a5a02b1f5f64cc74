import type { ResolvedPacking } from "@hyperface/contracts";
import type { Rows } from "@hyperface/vectors";
import type { Kernels, Nearest } from "./kernels/kernels.ts";
import { isSymmetric, orbitCount } from "./orbits.ts";
import type { PackingState } from "./solver.ts";

type Moving = Pick<ResolvedPacking, "count" | "frozen" | "symmetry" | "dimension">;

/** How many points move on their own: all behind the frozen ones, or one of each orbit. */
export const movingCount = (spec: Moving): number =>
  isSymmetric(spec) ? orbitCount(spec) : spec.count - spec.frozen;

/** The points that move on their own. A view, not a copy. */
export function movingRows({ embeddings }: Pick<PackingState, "embeddings">, spec: Moving): Rows {
  const { frozen, dimension } = spec;
  const end = frozen + movingCount(spec);
  return { data: embeddings.subarray(frozen * dimension, end * dimension), dimension };
}

/** The points that a report is of: all that are not frozen. */
export const reportedRows = (
  { embeddings }: Pick<PackingState, "embeddings">,
  { frozen, dimension }: Moving,
): Rows => ({ data: embeddings.subarray(frozen * dimension), dimension });

/** Nearest other point, whether it moves or not, of each point that moves on its own. */
export function nearestOfMoving(
  state: Pick<PackingState, "embeddings">,
  spec: Moving,
  kernels: Kernels,
): Promise<Nearest> {
  const { count, frozen, dimension } = spec;
  const all: Rows = { data: state.embeddings, dimension };
  const moving = movingCount(spec);
  if (moving === count) return kernels.nearestOther(all);
  const own = Int32Array.from({ length: moving }, (_, i) => frozen + i);
  return kernels.nearest(movingRows(state, spec), all, own);
}
