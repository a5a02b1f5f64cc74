import {
  HyperFaceError,
  type PackingMetrics,
  type PackingPoint,
  type PackingSpec,
  resolvePacking,
} from "@hyperface/contracts";
import { decodeNpy, decodeSafetensors, encodeSafetensors, type Tensor } from "@hyperface/formats";
import { decodeCheckpoint, encodeCheckpoint, specHash } from "../packing/checkpoint.ts";
import type { Kernels, Nearest } from "../packing/kernels/kernels.ts";
import { createOnnxKernels } from "../packing/kernels/onnx.ts";
import { type Rows, unitRows } from "../packing/rows.ts";
import { checkVectors, continuePacking, solverOf, startPacking } from "../packing/solve.ts";
import type { PackingVectors } from "../packing/solver.ts";

/** A slice's inputs as bytes: what a thread can be handed. */
export interface SliceInput {
  spec: PackingSpec;
  /** .npy files; null where the spec needs none. */
  gallery: Uint8Array | null;
  initial: Uint8Array | null;
  repelled: Uint8Array | null;
  /** Another packing's result. */
  frozen: Uint8Array | null;
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
 * @throws HyperFaceError `invalid-packing`, `invalid-checkpoint`, `dimension-mismatch`,
 * `invalid-vector`, `malformed-body`, before any work
 */
export async function runSlice(input: SliceInput): Promise<SliceOutput> {
  const started = performance.now();
  const spec = resolvePacking(input.spec);
  const { dimension } = spec;
  const vectors: PackingVectors = {
    gallery: readGiven(input.gallery, "the gallery", dimension),
    initial: readGiven(input.initial, "the initial vectors", dimension),
    frozen: readFrozen(input.frozen, dimension),
    repelled: readGiven(input.repelled, "the repelled set", dimension),
  };
  checkVectors(spec, vectors);
  const hash = specHash(spec, { ...vectors });
  const kernels = await createOnnxKernels(dimension);
  const state = input.checkpoint
    ? decodeCheckpoint(input.checkpoint, spec, hash, solverOf(spec).start(spec))
    : await startPacking(spec, vectors, kernels);

  const first = state.iteration;
  const stepping = performance.now();
  const end = started + input.budgetSeconds * 1000;
  await continuePacking(state, { spec, vectors, kernels }, () => performance.now() < end);

  const now = performance.now();
  const rate = (state.iteration - first) / ((now - stepping) / 1000);
  const newest = state.history.at(-1) as PackingPoint;
  const left = spec.iterations - state.iteration;
  return {
    checkpoint: encodeCheckpoint(state, spec, hash),
    result: state.done
      ? await encodeResult(state.embeddings, vectors.repelled, dimension, kernels)
      : null,
    metrics: {
      ...newest,
      iteration: state.iteration,
      iterations: spec.iterations,
      iterationsPerSecond: rate,
      secondsLeft: state.done ? 0 : left / Math.max(rate, 1e-9),
    },
    history: state.history,
    seconds: (now - started) / 1000,
  };
}

async function encodeResult(
  data: Float32Array,
  repelled: Rows | null,
  dimension: number,
  kernels: Kernels,
): Promise<Uint8Array> {
  const count = data.length / dimension;
  const named = (name: string, { index, cosine }: Nearest) => ({
    [`${name}Index`]: { data: index, shape: [count] },
    [`${name}Cosine`]: { data: Float32Array.from(cosine), shape: [count] },
  });
  const points = { data, dimension };
  return encodeSafetensors({
    tensors: {
      embeddings: { data, shape: [count, dimension] },
      ...named("nearest", await kernels.nearestOther(points)),
      ...(repelled ? named("repelled", await kernels.nearest(points, repelled)) : {}),
    },
  });
}

const readGiven = (bytes: Uint8Array | null, name: string, dimension: number) =>
  bytes && toRows(decodeNpy(bytes), name, dimension);

/** The identities of another packing's result. */
function readFrozen(bytes: Uint8Array | null, dimension: number): Rows | null {
  if (bytes === null) return null;
  const name = "the frozen identities";
  const { embeddings } = decodeSafetensors(bytes).tensors;
  if (embeddings) return toRows(embeddings, name, dimension);
  throw new HyperFaceError("malformed-body", `${name}: the file has no tensor named embeddings`);
}

function toRows({ data, shape }: Tensor, name: string, dimension: number): Rows {
  if (!(data instanceof Float32Array)) {
    throw new HyperFaceError("malformed-body", `${name} must be float32: save x.astype("<f4")`);
  }
  return unitRows(data, shape, { name, dimension });
}
