import type { NearestResponse } from "@hyperface/contracts";
import { rowDot, rowOf } from "@hyperface/vectors";
import type { Dependencies } from "../../dependencies.ts";
import type { ReadySet } from "./find.ts";
import { readRows } from "./read.ts";

/** A set that vectors are compared with. */
export interface ComparedSet {
  /** Unit vectors at `indices`. */
  vectors(indices: readonly number[]): Promise<Float32Array[]>;
  /**
   * The one nearest to each query by its cosine in float64, of equal ones the first; null where there is none.
   * @param own a vector for each query that does not count
   */
  nearest(
    queries: readonly Float32Array[],
    own?: number[],
    signal?: AbortSignal,
  ): Promise<NearestResponse["nearest"]>;
}

/** Vectors that are held and compared here: as many as take no longer than asking a service. */
const HELD = 8192;

/** A ready set; of a large one nothing is held: the solver compares with it, block by block. */
export const openComparedSet = async (
  deps: Pick<Dependencies, "store" | "warmSets" | "optimizer">,
  set: ReadySet,
  held = HELD,
): Promise<ComparedSet> =>
  set.count <= held ? heldSet(await deps.warmSets.read(set), set.dimension) : storedSet(deps, set);

/** @param embeddings unit rows */
export function heldSet(embeddings: Float32Array, dimension: number): ComparedSet {
  const all = { data: embeddings, dimension };
  const count = embeddings.length / dimension;
  const nearestTo = (query: Float32Array, own?: number) => {
    const rows = { data: query, dimension };
    let nearest: { index: number; cosine: number } | null = null;
    for (let index = 0; index < count; index++) {
      if (index === own) continue;
      const cosine = rowDot(rows, 0, all, index);
      if (nearest === null || cosine > nearest.cosine) nearest = { index, cosine };
    }
    return nearest;
  };
  return {
    vectors: async (indices) => indices.map((index) => rowOf(embeddings, dimension, index)),
    nearest: async (queries, own) => queries.map((query, k) => nearestTo(query, own?.[k])),
  };
}

const storedSet = (
  deps: Pick<Dependencies, "store" | "optimizer">,
  set: ReadySet,
): ComparedSet => ({
  async vectors(indices) {
    const read = new Map<number, Promise<Float32Array>>();
    for (const index of indices) {
      const one = { start: index, count: 1 };
      if (!read.has(index)) {
        read.set(index, readRows(deps, set, "embeddings", one) as Promise<Float32Array>);
      }
    }
    return Promise.all(indices.map((index) => read.get(index) as Promise<Float32Array>));
  },
  async nearest(queries, own, signal) {
    if (queries.length === 0) return [];
    const request = { set: set.objectKey, queries: [...queries], ...(own && { own }) };
    return (await deps.optimizer.findNearest(request, signal)).nearest;
  },
});
