import {
  HyperFaceError,
  type ModelReference,
  type PackingMetrics,
  type PackingPoint,
  type PackingSpec,
  resolvePacking,
} from "@hyperface/contracts";
import { decodeSet, encodeSet, type Rows } from "@hyperface/vectors";
import { solverArithmetic } from "../packing/arithmetic.ts";
import { decodeCheckpoint, encodeCheckpoint, specHash } from "../packing/checkpoint.ts";
import { type Kernels, toNeighbours } from "../packing/kernels/kernels.ts";
import { createOnnxKernels } from "../packing/kernels/onnx.ts";
import { checkVectors, continuePacking, solverOf, startPacking } from "../packing/solve.ts";
import type { PackingState, PackingVectors } from "../packing/solver.ts";

/** The sets that a packing may need, by what they are for. */
export type SetRole = "near" | "start" | "extends" | "repel";

/** A slice's inputs as bytes: what a thread can be handed. */
export interface SliceInput {
  spec: PackingSpec;
  /** The embedder that every set must be of. */
  model: ModelReference;
  /** Stored sets; null where the spec needs none. */
  sets: Record<SetRole, Uint8Array | null>;
  /** Null starts the packing. */
  checkpoint: Uint8Array | null;
  budgetSeconds: number;
  /** Not 0: the slice ends with its step. Shared, for what a thread cannot be told while it works. */
  stop?: Int32Array<SharedArrayBuffer>;
}

export interface SliceOutput {
  checkpoint: Uint8Array;
  /** The packing as a stored set; null until it is done. */
  result: Uint8Array | null;
  metrics: PackingMetrics;
  /** Every report so far. */
  history: PackingPoint[];
  /** Of every process that stepped, in order. */
  arithmetic: string[];
  seconds: number;
}

/**
 * One slice of a packing: a pure function of its inputs but for where it stops.
 * @throws HyperFaceError `invalid-packing`, `invalid-checkpoint`, `dimension-mismatch`,
 * `model-mismatch`, `damaged-object`, before any work
 */
export async function runSlice(input: SliceInput): Promise<SliceOutput> {
  const started = performance.now();
  const spec = resolvePacking(input.spec);
  const read = (role: SetRole) => readSet(input, role);
  const vectors: PackingVectors = {
    gallery: read("near"),
    initial: read("start"),
    frozen: read("extends"),
    repelled: read("repel"),
  };
  checkVectors(spec, vectors);
  const hash = specHash(spec, { ...vectors });
  const kernels = await createOnnxKernels(spec.dimension);
  const state = input.checkpoint
    ? decodeCheckpoint(input.checkpoint, spec, hash, solverOf(spec).start(spec))
    : await startPacking(spec, vectors, kernels);
  const arithmetic = await solverArithmetic(spec.engine);
  if (state.arithmetic.at(-1) !== arithmetic) state.arithmetic.push(arithmetic);

  const first = state.iteration;
  const stepping = performance.now();
  const end = started + input.budgetSeconds * 1000;
  const { stop } = input;
  const proceed = () => performance.now() < end && !(stop && Atomics.load(stop, 0) !== 0);
  await continuePacking(state, { spec, vectors, kernels }, proceed);

  const now = performance.now();
  const rate = (state.iteration - first) / ((now - stepping) / 1000);
  const newest = state.history.at(-1) as PackingPoint;
  const left = spec.iterations - state.iteration;
  return {
    checkpoint: encodeCheckpoint(state, spec, hash),
    result: state.done ? await encodeResult(state, input, vectors.repelled, kernels) : null,
    metrics: {
      ...newest,
      iteration: state.iteration,
      iterations: spec.iterations,
      iterationsPerSecond: rate,
      secondsLeft: state.done ? 0 : left / Math.max(rate, 1e-9),
    },
    history: state.history,
    arithmetic: state.arithmetic,
    seconds: (now - started) / 1000,
  };
}

async function encodeResult(
  { embeddings, arithmetic }: PackingState,
  { model, spec }: Pick<SliceInput, "model" | "spec">,
  repelled: Rows | null,
  kernels: Kernels,
): Promise<Uint8Array> {
  const { dimension } = spec;
  const points = { data: embeddings, dimension };
  return encodeSet({
    embeddings,
    dimension,
    model,
    maker: { packing: spec, arithmetic },
    nearest: toNeighbours(await kernels.nearestOther(points)),
    repelled: repelled ? toNeighbours(await kernels.nearest(points, repelled)) : undefined,
  });
}

function readSet({ sets, model }: SliceInput, role: SetRole): Rows | null {
  const bytes = sets[role];
  if (bytes === null) return null;
  const set = decodeSet(bytes, `the set of ${role}`);
  if (set.model.sha256 !== model.sha256) {
    throw new HyperFaceError(
      "model-mismatch",
      `the set of ${role} is of ${set.model.name}, the packing of ${model.name}`,
    );
  }
  return { data: set.embeddings, dimension: set.dimension };
}
