import type { ResolvedPacking } from "@hyperface/contracts";
import type { Rows } from "@hyperface/vectors";
import type { Kernels, Nearest } from "./kernels/kernels.ts";
import type { PackingState } from "./solver.ts";

type Frozen = Pick<ResolvedPacking, "frozen" | "dimension">;

/** The points that move: all behind the frozen ones. A view, not a copy. */
export const movingRows = (
  { embeddings }: Pick<PackingState, "embeddings">,
  { frozen, dimension }: Frozen,
): Rows => ({ data: embeddings.subarray(frozen * dimension), dimension });

/** Nearest other point, frozen or not, of each point that moves. */
export function nearestOfMoving(
  state: Pick<PackingState, "embeddings">,
  spec: Frozen,
  kernels: Kernels,
): Promise<Nearest> {
  const { frozen, dimension } = spec;
  const all: Rows = { data: state.embeddings, dimension };
  if (frozen === 0) return kernels.nearestOther(all);
  const moving = movingRows(state, spec);
  const own = Int32Array.from({ length: moving.data.length / dimension }, (_, i) => frozen + i);
  return kernels.nearest(moving, all, own);
}
