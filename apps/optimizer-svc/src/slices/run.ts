import {
  HyperFaceError,
  type PackingMetrics,
  type PackingPoint,
  type PackingProblem,
  resolvePacking,
} from "@hyperface/contracts";
import { decodeNpy, encodeSafetensors } from "@hyperface/formats";
import { decodeCheckpoint, encodeCheckpoint, problemHash } from "../packing/checkpoint.ts";
import type { Kernels } from "../packing/kernels/kernels.ts";
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
  /** Safetensors: embeddings, nearestIndex, nearestCosine; null until the packing is done. */
  result: Uint8Array | null;
  metrics: PackingMetrics;
  /** Every report so far. */
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
  const stepping = performance.now();
  const end = started + input.budgetSeconds * 1000;
  await continuePacking(state, { problem, gallery, kernels }, () => performance.now() < end);

  const now = performance.now();
  const rate = (state.iteration - first) / ((now - stepping) / 1000);
  const newest = state.history.at(-1) as PackingPoint;
  const left = problem.iterations - state.iteration;
  return {
    checkpoint: encodeCheckpoint(state, problem, hash),
    result: state.done ? await encodeResult(state.embeddings, dimension, kernels) : null,
    metrics: {
      ...newest,
      iteration: state.iteration,
      iterations: problem.iterations,
      iterationsPerSecond: rate,
      secondsLeft: state.done ? 0 : left / Math.max(rate, 1e-9),
    },
    history: state.history,
    seconds: (now - started) / 1000,
  };
}

async function encodeResult(
  data: Float32Array,
  dimension: number,
  kernels: Kernels,
): Promise<Uint8Array> {
  const count = data.length / dimension;
  const { cosine, index } = await kernels.nearestOther({ data, dimension });
  return encodeSafetensors({
    tensors: {
      embeddings: { data, shape: [count, dimension] },
      nearestIndex: { data: index, shape: [count] },
      nearestCosine: { data: Float32Array.from(cosine), shape: [count] },
    },
  });
}

function readRows(bytes: Uint8Array | null, name: string, dimension: number): Rows | null {
  if (bytes === null) return null;
  const { data, shape } = decodeNpy(bytes);
  if (!(data instanceof Float32Array)) {
    throw new HyperFaceError("malformed-body", `${name} must be float32: save x.astype("<f4")`);
  }
  return unitRows(data, shape, { name, dimension });
}
