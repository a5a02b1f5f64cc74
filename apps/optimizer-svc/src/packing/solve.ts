import { HyperFaceError, type PackingPoint, type ResolvedPacking } from "@hyperface/contracts";
import { randomStream } from "@hyperface/hypersphere";
import { pickRows, type Rows, rowCount } from "@hyperface/vectors";
import { closingMemory } from "./closing.ts";
import { fastSolver } from "./fast.ts";
import { initialise } from "./initialise.ts";
import type { Kernels } from "./kernels/kernels.ts";
import { movingCount, nearestOfMoving, reportedRows } from "./moving.ts";
import type { Closeness } from "./objective.ts";
import { isSymmetric, ofEveryPoint } from "./orbits.ts";
import { paperSolver } from "./paper.ts";
import { keepBest, onPlateau, remembering, returnBest } from "./plateau.ts";
import { clockOf, isReported, shareDone } from "./progress.ts";
import { reportOf } from "./report.ts";
import { sampleDistinct } from "./sample.ts";
import type { PackingState, PackingVectors, Solver, SolverContext } from "./solver.ts";
import { tfjsSolver } from "./tfjs/solver.ts";

/** Points up to which every report compares all pairs; beyond, reports are of a sample. */
const EXACT_COUNT = 20_000;
const SAMPLE = 512;

/** The solver that a spec's method and engine ask for. */
function solverOf(spec: ResolvedPacking): Solver {
  const paper = spec.engine === "tfjs" ? tfjsSolver : paperSolver;
  return remembering(spec.method === "fast" ? fastSolver : paper);
}

/** All that a packing remembers but its embeddings, before the first step. */
export function memoryOf(spec: ResolvedPacking): Pick<PackingState, "tensors" | "scalars"> {
  const [steps, closing] = [solverOf(spec).start(spec), closingMemory(spec.count)];
  return {
    tensors: { ...steps.tensors, ...closing.tensors },
    scalars: { ...steps.scalars, ...closing.scalars, ...clockOf(spec) },
  };
}

/**
 * What the schema cannot see: whether the vectors fit the spec.
 * @throws HyperFaceError `invalid-packing`, `dimension-mismatch`
 */
export function checkVectors(spec: ResolvedPacking, vectors: PackingVectors): void {
  const { near, extends: extended, repel } = vectors;
  const refuse = (message: string) => {
    throw new HyperFaceError("invalid-packing", message);
  };
  if (spec.alpha > 0 && near === null) {
    refuse(`alpha ${spec.alpha} needs a gallery: give one, or set alpha to 0`);
  }
  if (spec.frozen > 0 && (!extended || rowCount(extended) !== spec.frozen)) {
    refuse(`${extended ? rowCount(extended) : "no"} vectors are given for ${spec.frozen} frozen`);
  }
  if (spec.repel && !repel) refuse("repel needs the set to keep away from");
  for (const [name, rows] of Object.entries(vectors)) {
    if (rows !== null && rowCount(rows) < 1) {
      throw new HyperFaceError("invalid-packing", `the set of ${name} holds no vector`);
    }
    if (rows !== null && rows.dimension !== spec.dimension) {
      throw new HyperFaceError(
        "dimension-mismatch",
        `the set of ${name} has dimension ${rows.dimension}, the spec ${spec.dimension}`,
      );
    }
  }
}

/** The state before the first step. */
export async function startPacking(
  spec: ResolvedPacking,
  vectors: PackingVectors,
  kernels: Kernels,
): Promise<PackingState> {
  const embeddings = await initialise(spec, vectors, kernels);
  return {
    iteration: 0,
    done: false,
    embeddings,
    history: [],
    arithmetic: [],
    ...memoryOf(spec),
  };
}

/**
 * Steps until `proceed` says no or the packing is done, moving `state`. Where it stops in between
 * does not change the result, but for one that lasts for a time. Calls `proceed` after each step.
 */
export async function continuePacking(
  state: PackingState,
  context: SolverContext,
  proceed: () => boolean,
): Promise<void> {
  const { spec, now = () => performance.now() } = context;
  const solver = solverOf(spec);
  while (!state.done) {
    const began = now();
    const { iteration } = state;
    const last = shareDone(state, spec) >= 1;
    const reported = isReported(state, spec);
    const apart = reported && (last || spec.batch !== undefined);
    const at = reported && spec.plateau ? state.embeddings.slice() : null;
    const before = apart ? await evaluate(state, context) : null;
    const seen = last ? null : await solver.step(state, context);
    const neighbours = before ?? seen;
    if (reported && neighbours) {
      const report = reportOf(iteration, neighbours, spec);
      checkFinite(state, report);
      state.history.push(report);
      noteReport(state);
      if (at) keepBest(state, at, report.objective);
    }
    state.done = last || onPlateau(state.history, spec);
    if (!last) state.iteration++;
    if (state.done) returnBest(state);
    passTime(state, (now() - began) / 1000);
    if (!state.done && !proceed()) return;
  }
}

function noteReport({ scalars }: PackingState): void {
  if (scalars.seconds !== undefined) scalars.reportedSeconds = scalars.seconds;
}

function passTime({ scalars }: PackingState, seconds: number): void {
  if (scalars.seconds !== undefined) scalars.seconds += seconds;
}

/** Neighbours for a report: of every point that moves, or of a fixed random sample of very many. */
async function evaluate(
  state: PackingState,
  { spec, vectors: { near, repel }, kernels }: SolverContext,
): Promise<Closeness> {
  const { dimension, count, seed } = spec;
  const points: Rows = { data: state.embeddings, dimension };
  if (movingCount(spec) <= EXACT_COUNT) {
    const moving = reportedRows(state, spec);
    const found = await nearestOfMoving(state, spec, kernels);
    return {
      points: isSymmetric(spec) ? { cosine: ofEveryPoint(found.cosine, spec) } : found,
      gallery: near && (await kernels.nearest(moving, near)),
      repelled: spec.repel && repel ? await kernels.nearest(moving, repel) : null,
    };
  }
  const sample = sampleDistinct(randomStream(seed, "packing-report"), SAMPLE, count);
  const queries = pickRows(points, sample);
  return {
    points: await kernels.nearest(queries, points, sample),
    gallery: near && (await kernels.nearest(queries, near)),
  };
}

/** @throws HyperFaceError `packing-diverged` where a number of the state is not finite */
function checkFinite(
  { embeddings, scalars }: PackingState,
  { iteration, objective }: PackingPoint,
) {
  const numbers = [objective, ...Object.values(scalars)];
  if (numbers.every(Number.isFinite) && embeddings.every(Number.isFinite)) return;
  throw new HyperFaceError(
    "packing-diverged",
    `the packing is not finite at iteration ${iteration}: ask for a smaller step, sharpness, alpha or learningRate`,
  );
}
