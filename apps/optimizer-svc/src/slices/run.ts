import {
  HyperFaceError,
  type ModelReference,
  type PackingMetrics,
  type PackingPoint,
  type PackingSpec,
  type ResolvedPacking,
  resolvePacking,
} from "@hyperface/contracts";
import { decodeSet, encodeSet, type Rows } from "@hyperface/vectors";
import { solverArithmetic } from "../packing/arithmetic.ts";
import { decodeCheckpoint, encodeCheckpoint, specHash } from "../packing/checkpoint.ts";
import { closePacking, nearestOthers } from "../packing/closing.ts";
import { type Kernels, toNeighbours } from "../packing/kernels/kernels.ts";
import { createOnnxKernels } from "../packing/kernels/onnx.ts";
import { secondsLeft, stepsInAll } from "../packing/progress.ts";
import { checkVectors, continuePacking, memoryOf, startPacking } from "../packing/solve.ts";
import type { PackingState, PackingVectors } from "../packing/solver.ts";

type SetRole = keyof PackingVectors;

export interface PackingInput {
  spec: PackingSpec;
  /** The embedder that every set must be of. */
  model: ModelReference;
  /** Stored sets, as bytes; null where the spec needs none. */
  sets: Record<SetRole, Uint8Array | null>;
}

export interface SliceInput extends PackingInput {
  /** Null starts the packing. */
  checkpoint: Uint8Array | null;
  budgetSeconds: number;
}

/** What is the same in every slice of a packing. */
export interface PreparedPacking extends Pick<PackingInput, "model"> {
  asked: PackingSpec;
  spec: ResolvedPacking;
  vectors: PackingVectors;
  hash: string;
  kernels: Kernels;
}

/** When the slice began, and until when it goes on. */
export interface SliceTime {
  started: number;
  budgetSeconds: number;
  /** Not 0: the slice ends with its step. Shared, for what a thread cannot be told while it works. */
  stop?: Int32Array<SharedArrayBuffer> | undefined;
}

export interface SliceOutput {
  /** In pieces, which are views of the state: they hold until it moves on. */
  checkpoint: Uint8Array[];
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
export async function runSlice(input: SliceInput) {
  const started = performance.now();
  const packing = await preparePacking(input);
  const state = await openState(packing, input.checkpoint);
  const time = { started, budgetSeconds: input.budgetSeconds };
  const { checkpoint, ...output } = await stepPacking(packing, state, time);
  return { ...output, checkpoint: new Uint8Array(Buffer.concat(checkpoint)) };
}

/** @throws HyperFaceError `invalid-packing`, `dimension-mismatch`, `model-mismatch`, `damaged-object` */
export async function preparePacking(input: PackingInput): Promise<PreparedPacking> {
  const { spec: asked, model } = input;
  const spec = resolvePacking(asked);
  const read = (role: SetRole) => readSet(input, role);
  const vectors: PackingVectors = {
    near: read("near"),
    start: read("start"),
    extends: read("extends"),
    repel: read("repel"),
  };
  checkVectors(spec, vectors);
  const hash = specHash(spec, { ...vectors });
  return { asked, model, spec, vectors, hash, kernels: await createOnnxKernels(spec.dimension) };
}

/** Where a packing stands, or begins. @throws HyperFaceError `invalid-checkpoint` */
export const openState = async (
  { spec, vectors, hash, kernels }: PreparedPacking,
  checkpoint: Uint8Array | null,
): Promise<PackingState> =>
  checkpoint
    ? decodeCheckpoint(checkpoint, spec, hash, memoryOf(spec))
    : startPacking(spec, vectors, kernels);

/** Moves `state` on for as long as there is time. @throws HyperFaceError `packing-diverged` */
export async function stepPacking(
  packing: PreparedPacking,
  state: PackingState,
  { started, budgetSeconds, stop }: SliceTime,
): Promise<SliceOutput> {
  const { spec, hash, kernels } = packing;
  const arithmetic = await solverArithmetic(spec.engine);
  if (state.arithmetic.at(-1) !== arithmetic) state.arithmetic.push(arithmetic);

  const first = state.iteration;
  const stepping = performance.now();
  const end = started + budgetSeconds * 1000;
  const proceed = () => performance.now() < end && !(stop && Atomics.load(stop, 0) !== 0);
  await continuePacking(state, packing, proceed);
  const isClosed = state.done && (await closePacking(state, spec, kernels, proceed));

  const now = performance.now();
  const rate = (state.iteration - first) / ((now - stepping) / 1000);
  const newest = state.history.at(-1) as PackingPoint;
  return {
    checkpoint: encodeCheckpoint(state, spec, hash),
    result: isClosed ? await encodeResult(packing, state) : null,
    metrics: {
      ...newest,
      iteration: state.iteration,
      iterations: stepsInAll(state, spec),
      iterationsPerSecond: rate,
      secondsLeft: secondsLeft(state, spec, rate),
    },
    history: state.history,
    arithmetic: state.arithmetic,
    seconds: (now - started) / 1000,
  };
}

async function encodeResult(
  { asked, model, vectors: { repel }, kernels }: PreparedPacking,
  state: PackingState,
): Promise<Uint8Array> {
  const { embeddings, arithmetic } = state;
  const { dimension } = asked;
  const points = { data: embeddings, dimension };
  return encodeSet({
    embeddings,
    dimension,
    model,
    maker: { packing: asked, arithmetic },
    nearest: toNeighbours(nearestOthers(state)),
    repelled: repel ? toNeighbours(await kernels.nearest(points, repel)) : undefined,
  });
}

function readSet({ sets, model }: PackingInput, role: SetRole): Rows | null {
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
