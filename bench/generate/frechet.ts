import { randomStream } from "@hyperface/hypersphere";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";

const SPLITS = 8;

type Rows = readonly ArrayLike<number>[];

/**
 * How much further drawn images are from a half of the real ones than the other half is: 1 is as good
 * as real. Frechet distances between Gaussians fitted along the real images' first principal axes, all
 * of as many images; means over several ways to halve.
 * @param real [n, d]
 * @param drawn [n, d], drawn[i] from the embedding of real[i]: compared with the half without real[i]
 * @param free [>= n / 2, d], of no image in particular
 */
export function frechetRatios(real: Rows, drawn: Rows, free: Rows, axes: number) {
  const project = principalAxes(real, axes);
  const [reals, draws, frees] = [project(real), project(drawn), project(free)];
  const half = Math.min(real.length >> 1, free.length);
  const sums = { real: 0, drawn: 0, free: 0 };
  for (let split = 0; split < SPLITS; split++) {
    const order = shuffled(real.length, split);
    const [a, b] = [order.slice(0, half), order.slice(half, 2 * half)];
    const rest = shuffled(free.length, split).slice(0, half);
    const [realA, realB] = [gaussian(reals, a), gaussian(reals, b)];
    const [drawnA, drawnB] = [gaussian(draws, a), gaussian(draws, b)];
    const other = gaussian(frees, rest);
    sums.real += frechetDistance(realA, realB);
    sums.drawn += (frechetDistance(realA, drawnB) + frechetDistance(realB, drawnA)) / 2;
    sums.free += (frechetDistance(realA, other) + frechetDistance(realB, other)) / 2;
  }
  return { drawn: sums.drawn / sums.real, free: sums.free / sums.real };
}

export interface Gaussian {
  mean: number[];
  covariance: Matrix;
}

/** |m - m'|^2 + tr(C + C' - 2 (C C')^(1/2)) (Dowson & Landau 1982). */
export function frechetDistance(a: Gaussian, b: Gaussian): number {
  const shift = a.mean.reduce((sum, value, k) => sum + (value - (b.mean[k] as number)) ** 2, 0);
  const root = squareRoot(a.covariance);
  const inner = root.mmul(b.covariance).mmul(root);
  const overlap = eigenvalues(inner).reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
  return shift + a.covariance.trace() + b.covariance.trace() - 2 * overlap;
}

/** Of the rows at `indices`. */
function gaussian(rows: Matrix, indices: readonly number[]): Gaussian {
  const chosen = new Matrix(indices.map((i) => rows.getRow(i)));
  const centre = chosen.mean("column");
  const centred = chosen.subRowVector(centre);
  const covariance = centred
    .transpose()
    .mmul(centred)
    .div(indices.length - 1);
  return { mean: centre, covariance };
}

/** Projection on the first principal axes of `rows`, each value first measured in its standard deviations. */
function principalAxes(rows: Rows, count: number): (rows: Rows) => Matrix {
  const matrix = toMatrix(rows);
  const centre = matrix.mean("column");
  const scale = matrix.standardDeviation("column").map((value) => value + 1e-6);
  const standard = (values: Matrix) => values.subRowVector(centre).divRowVector(scale);
  const { covariance } = gaussian(
    standard(matrix),
    rows.map((_, i) => i),
  );
  const { eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  // Eigenvalues ascend: the last columns are the first axes.
  const d = eigenvectorMatrix.columns;
  const axes = eigenvectorMatrix.subMatrix(0, d - 1, Math.max(0, d - count), d - 1);
  return (given) => standard(toMatrix(given)).mmul(axes);
}

function squareRoot(symmetric: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix: v } = new EigenvalueDecomposition(symmetric, {
    assumeSymmetric: true,
  });
  const roots = realEigenvalues.map((value) => Math.sqrt(Math.max(0, value)));
  return v.mmul(Matrix.diag(roots)).mmul(v.transpose());
}

const eigenvalues = (symmetric: Matrix) =>
  new EigenvalueDecomposition(symmetric, { assumeSymmetric: true }).realEigenvalues;

const toMatrix = (rows: Rows) => new Matrix(rows.map((row) => Array.from(row)));

function shuffled(count: number, seed: number): number[] {
  const keys = randomStream(seed, "bench-halves").uniform(count);
  return Array.from(keys, (_, i) => i).sort((i, j) => (keys[i] as number) - (keys[j] as number));
}
