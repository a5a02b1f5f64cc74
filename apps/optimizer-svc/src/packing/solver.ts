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

/** The sets that a packing is made from, by the names that a request has for them; null where it needs none. */
export interface PackingVectors {
  /** The gallery of Eq. 2's second term. */
  near: Rows | null;
  /** Where points start, of `start: set`. */
  start: Rows | null;
  /** Its first identities, which are frozen. */
  extends: Rows | null;
  /** What identities keep their distance from. */
  repel: Rows | null;
}

export const NO_VECTORS: PackingVectors = { near: null, start: null, extends: null, repel: null };

export interface SolverContext {
  spec: ResolvedPacking;
  vectors: PackingVectors;
  kernels: Kernels;
  /** Milliseconds, of a clock that never goes back; the process's where absent. */
  now?: () => number;
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
