import type { PackingPoint, ResolvedPacking } from "@hyperface/contracts";
import type { Rows } from "@hyperface/vectors";
import type { Kernels } from "./kernels/kernels.ts";
import type { Closeness } from "./objective.ts";

/** Everything that decides how a packing goes on; a checkpoint is this and nothing else. */
export interface PackingState {
  /** Steps done. */
  iteration: number;
  done: boolean;
  /** Unit rows, [n, d]. */
  embeddings: Float32Array;
  /** What the solver remembers between steps. */
  tensors: Record<string, Float32Array | Int32Array>;
  scalars: Record<string, number>;
  history: PackingPoint[];
  /** The arithmetic of every process that stepped, in order: see nameArithmetic. */
  arithmetic: string[];
}

/** What a packing is given; null where it needs none. */
export interface PackingVectors {
  gallery: Rows | null;
  /** Start of `start: set`. */
  initial: Rows | null;
  /** Its first identities. */
  frozen: Rows | null;
  /** The set that identities keep their distance from. */
  repelled: Rows | null;
}

export const NO_VECTORS: PackingVectors = {
  gallery: null,
  initial: null,
  frozen: null,
  repelled: null,
};

export interface SolverContext {
  spec: ResolvedPacking;
  vectors: PackingVectors;
  kernels: Kernels;
}

/** One way of packing: pure but for `state`, which it moves. */
export interface Solver {
  /** What it remembers before the first step. */
  start(spec: ResolvedPacking): Pick<PackingState, "tensors" | "scalars">;
  /**
   * One step.
   * @returns how close every point was before the step; null where not every point was compared
   */
  step(state: PackingState, context: SolverContext): Promise<Closeness | null>;
}
