import type { PackingSliceRequest } from "@hyperface/contracts";
import { LRUCache } from "lru-cache";
import type { PackingState } from "../packing/solver.ts";
import type { PreparedPacking } from "./run.ts";

/** A packing as its last slice left it. */
export interface WarmPacking {
  packing: PreparedPacking;
  /** Where it stands, and the key of the checkpoint that says the same. */
  state: PackingState;
  checkpointKey: string;
}

/** Packings that stay in memory between their slices, so that a slice reads nothing that the last one had. */
export interface WarmPackings {
  /** Hands out what is kept for a request's packing: a slice that fails leaves nothing half done here. */
  take(request: PackingSliceRequest): WarmPacking | undefined;
  /** Keeps it; those that were used longest ago go where all do not fit. */
  keep(request: PackingSliceRequest, warm: WarmPacking): void;
}

/** @param limit bytes of vectors and states that are kept, at least 1; the newest is kept whatever its size */
export function createWarmPackings(limit: number): WarmPackings {
  const kept = new LRUCache<string, WarmPacking>({
    maxSize: limit,
    sizeCalculation: (warm) => Math.min(bytesOf(warm), limit),
  });
  return {
    take(request) {
      const name = nameOf(request);
      const warm = kept.get(name);
      kept.delete(name);
      return warm;
    },
    keep(request, warm) {
      kept.set(nameOf(request), warm);
    },
  };
}

/** All that a packing's vectors are a function of: an object under a key never changes. */
const nameOf = ({ spec, model, near, start, extends: extended, repel }: PackingSliceRequest) =>
  JSON.stringify([spec, model, near, start, extended, repel]);

const bytesOf = ({ packing: { vectors }, state: { embeddings, tensors } }: WarmPacking): number =>
  [...Object.values(vectors).map((rows) => rows?.data), embeddings, ...Object.values(tensors)]
    .map((data) => data?.byteLength ?? 0)
    .reduce((sum, bytes) => sum + bytes, 0);
