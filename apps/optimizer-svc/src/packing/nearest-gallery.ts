import { pickRows, type Rows, rowCount, rowDot } from "@hyperface/vectors";
import { clampCosine, type Kernels, type Nearest } from "./kernels/kernels.ts";
import type { PackingState } from "./solver.ts";

/** Radians by which a bound must hold: far above what float32 rounds. */
const SLACK = 1e-3;

/** What is remembered between searches, in the checkpoint, so that slices search alike. */
export const galleryMemory = (moving: number, dimension: number): PackingState["tensors"] => ({
  /** Where each point was at its last search. */
  searchedAt: new Float32Array(moving * dimension),
  nearestIndex: new Int32Array(moving).fill(-1),
  /** Angle to its second nearest there. */
  secondAngle: new Float32Array(moving),
});

/**
 * Exact nearest gallery embedding of each point. Angles are a metric: while a point is nearer to its nearest than the
 * second nearest was at the last search, less the angle moved since, the nearest is still the nearest; only the
 * other points are searched for.
 */
export async function nearestInGallery(
  { tensors }: Pick<PackingState, "tensors">,
  points: Rows,
  gallery: Rows,
  kernels: Pick<Kernels, "nearestTwo">,
): Promise<Nearest> {
  const { searchedAt, nearestIndex, secondAngle } = tensors as {
    searchedAt: Float32Array;
    nearestIndex: Int32Array;
    secondAngle: Float32Array;
  };
  const d = points.dimension;
  const anchors: Rows = { data: searchedAt, dimension: d };
  const cosine = new Float32Array(rowCount(points));
  const stale: number[] = [];
  for (let i = 0; i < cosine.length; i++) {
    const index = nearestIndex[i] as number;
    if (index < 0) {
      stale.push(i);
      continue;
    }
    const own = clampCosine(rowDot(points, i, gallery, index));
    const moved = Math.acos(clampCosine(rowDot(points, i, anchors, i)));
    cosine[i] = own;
    if (Math.acos(own) >= (secondAngle[i] as number) - moved - SLACK) stale.push(i);
  }
  if (stale.length === 0) return { cosine, index: nearestIndex.slice() };
  const queries = pickRows(points, stale);
  const found = await kernels.nearestTwo(queries, gallery);
  for (const [k, i] of stale.entries()) {
    cosine[i] = found.cosine[k] as number;
    nearestIndex[i] = found.index[k] as number;
    secondAngle[i] = Math.acos(found.second[k] as number);
    searchedAt.set(queries.data.subarray(k * d, (k + 1) * d), i * d);
  }
  return { cosine, index: nearestIndex.slice() };
}
