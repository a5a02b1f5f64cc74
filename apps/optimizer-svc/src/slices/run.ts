import {
  HyperFaceError,
  type PackingMetrics,
  type PackingPoint,
  type PackingProblem,
  resolvePacking,
} from "@hyperface/contracts";
import { decodeNpy, encodeNpy } from "@hyperface/formats";
import { decodeCheckpoint, encodeCheckpoint, problemHash } from "../packing/checkpoint.ts";
import { createOnnxKernels } from "../packing/kernels/onnx.ts";
import { type Rows, unitRows } from "../packing/rows.ts";
import { checkVectors, continuePacking, SOLVERS, startPacking } from "../packing/solve.ts";

/** A slice's inputs as bytes: what a thread can be handed. */
export interface SliceInput {
  problem: PackingProblem;
  /** .npy files; null where the problem needs none. */
  gallery: Uint8Array | null;
  initial: Uint8Array | null;
  /** Null starts the packing. */
  checkpoint: Uint8Array | null;
  budgetSeconds: number;
}

export interface SliceOutput {
  checkpoint: Uint8Array;
  /** .npy float32 [n, d]; null until the packing is done. */
  embeddings: Uint8Array | null;
  metrics: PackingMetrics;
  history: PackingPoint[];
  seconds: number;
}

/**
 * One slice of a packing: a pure function of its inputs but for where it stops.
 * @throws HyperFaceError `invalid-problem`, `invalid-checkpoint`, `dimension-mismatch`,
 * `invalid-vector`, `malformed-body`, before any work
 */
export async function runSlice(input: SliceInput): Promise<SliceOutput> {
  const started = performance.now();
  const problem = resolvePacking(input.problem);
  const { dimension } = problem;
  const gallery = readRows(input.gallery, "the gallery", dimension);
  const initial = readRows(input.initial, "the initial vectors", dimension);
  checkVectors(problem, { gallery, initial });
  const hash = problemHash(problem, { gallery, initial });
  const kernels = await createOnnxKernels(dimension);
  const state = input.checkpoint
    ? decodeCheckpoint(input.checkpoint, problem, hash, SOLVERS[problem.method].start(problem))
    : await startPacking(problem, { gallery, initial }, kernels);

  const first = state.iteration;
  const reported = state.history.length;
  const stepping = performance.now();
  const end = started + input.budgetSeconds * 1000;
  await continuePacking(state, { problem, gallery, kernels }, () => performance.now() < end);

  const now = performance.now();
  const rate = (state.iteration - first) / ((now - stepping) / 1000);
  const newest = state.history.at(-1) as PackingPoint;
  const left = problem.iterations - state.iteration;
  return {
    checkpoint: encodeCheckpoint(state, problem, hash),
    embeddings: state.done
      ? encodeNpy({ data: state.embeddings, shape: [problem.count, dimension] })
      : null,
    metrics: {
      ...newest,
      iteration: state.iteration,
      iterations: problem.iterations,
      iterationsPerSecond: rate,
      secondsLeft: state.done ? 0 : left / Math.max(rate, 1e-9),
    },
    history: state.history.slice(reported),
    seconds: (now - started) / 1000,
  };
}

function readRows(bytes: Uint8Array | null, name: string, dimension: number): Rows | null {
  if (bytes === null) return null;
  const { data, shape } = decodeNpy(bytes);
  if (!(data instanceof Float32Array)) {
    throw new HyperFaceError("malformed-body", `${name} must be float32: save x.astype("<f4")`);
  }
  return unitRows(data, shape, { name, dimension });
}
