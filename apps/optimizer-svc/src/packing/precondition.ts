import type { PackingState, SolverContext } from "./solver.ts";

/** Beyond, products with d x d matrices would outweigh the step. */
const MAX_DIMENSION = 1024;
const MEMORY = 0.8;
/** Added to every eigenvalue, of their mean: directions that no force takes are not blown up. */
const DAMPING = 0.02;
/** Steps between two roots where there are many more points than dimensions. */
const PERIOD = 5;

interface Size {
  /** Points that move. */
  moving: number;
  dimension: number;
  alpha: number;
}

/**
 * What a preconditioned packing remembers: those near a gallery of at least as many points as dimensions. Faces fill few
 * of their dimensions (a participation ratio of 12 of 512), forces are largest there, and the rest would move last.
 */
export const preconditionerOf = ({ moving, dimension: d, alpha }: Size): PackingState["tensors"] =>
  alpha > 0 && moving >= d && d <= MAX_DIMENSION
    ? { covariance: new Float32Array(d * d), preconditioner: new Float32Array(d * d) }
    : {};

/**
 * The force times the inverse fourth root of its covariance over points, a moving mean (Shampoo: Gupta, Koren and Singer
 * 2018, one side of it). Its scale is left open.
 */
export async function precondition(
  { tensors: { covariance, preconditioner }, iteration }: PackingState,
  force: Float32Array,
  { spec: { dimension: d }, kernels: { matrices } }: SolverContext,
): Promise<Float32Array> {
  if (!covariance || !preconditioner) return force;
  const newest = await matrices.gram(force, d);
  const keep = iteration === 0 ? 0 : MEMORY;
  for (let k = 0; k < newest.length; k++) {
    covariance[k] = keep * (covariance[k] as number) + (1 - keep) * (newest[k] as number);
  }
  if (isDue(iteration, force.length / d, d)) {
    preconditioner.set(await matrices.inverseFourthRoot(damped(covariance as Float32Array, d), d));
  }
  return matrices.times(force, preconditioner as Float32Array, d);
}

/** Often at first, where forces change most; then the less, the more a root costs beside a step. */
function isDue(iteration: number, moving: number, dimension: number): boolean {
  const period = Math.max(PERIOD, Math.ceil((16 * dimension) / moving));
  const early = iteration < period && Number.isInteger(Math.log2(Math.max(1, iteration)));
  return early || iteration % period === 0;
}

/** With all eigenvalues in (0, 1]. */
function damped(covariance: Float32Array, d: number): Float32Array {
  let trace = 0;
  for (let k = 0; k < d; k++) trace += covariance[k * d + k] as number;
  const added = (DAMPING * trace) / d || 1;
  const sum = covariance.slice();
  for (let k = 0; k < d; k++) sum[k * d + k] = (sum[k * d + k] as number) + added;
  let square = 0;
  for (const value of sum) square += value * value;
  const norm = Math.sqrt(square);
  return sum.map((value) => value / norm);
}
