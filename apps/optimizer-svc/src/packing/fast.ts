import type { ResolvedPacking } from "@hyperface/contracts";
import { type Rows, rowCount } from "@hyperface/vectors";
import type { Nearest, Repulsion } from "./kernels/kernels.ts";
import { emphasis, moveLevels, setLevels } from "./levels.ts";
import { move, project, shorten } from "./motion.ts";
import { movingCount, movingRows, reportedRows } from "./moving.ts";
import { galleryMemory, nearestInGallery } from "./nearest-gallery.ts";
import { indexOfMax } from "./objective.ts";
import { completeOrbits, isSymmetric, ofEveryPoint, shifts } from "./orbits.ts";
import { precondition, preconditionerOf } from "./precondition.ts";
import { annealingAt } from "./progress.ts";
import type { PackingState, Solver, SolverContext } from "./solver.ts";

/** A repelled vector weighs as if it were this much nearer, so that the distance asked for is kept. */
const REPEL_MARGIN = 1e-3;
/** Most that a repelled set adds to a point's force, of the mean that pairs exert and of what a gallery may. */
const REPEL_WEIGHT = 2;
/** From this progress on a distance that is not kept is given up, by this factor a step. */
const YIELD_FROM = 0.1;
const YIELD = 0.8;

/**
 * Annealed log-sum-exp with Riemannian momentum. Eq. 2's maximum is softened, sharpness grows as the step shrinks; the
 * gallery term is kept as it is. Without gallery term the largest cosine of all pairs is softened, (1 / sharpness)
 * log sum_ij exp(sharpness x_i.x_j). With one, the mean over i of (1 / sharpness) log sum_j exp(sharpness x_i.x_j): there
 * points have unequal neighbours, and one close pair would take the force of all. Steps are scaled by a moving mean of the
 * squared force. Frozen points are pairs' other halves, and so are the images of orbits. A repelled set acts on points nearer than asked, by a bounded force, which
 * vanishes where the distance cannot be kept: points do not crowd together for it.
 */
export const fastSolver: Solver = {
  start(spec) {
    const { dimension, alpha } = spec;
    const moving = movingCount(spec);
    return {
      tensors: {
        ...preconditionerOf({ moving, dimension, alpha }),
        velocity: new Float32Array(moving * dimension),
        ...(alpha > 0
          ? { levels: new Float32Array(moving), ...galleryMemory(moving, dimension) }
          : {}),
      },
      scalars: { squaredForce: 0, level: 0, repelWeight: REPEL_WEIGHT * (1 + alpha) },
    };
  },

  async step(state, context) {
    const { spec, vectors } = context;
    const { near: gallery } = vectors;
    const points = movingRows(state, spec);
    const progress = annealingAt(state, spec);
    const annealed = progress ** spec.annealing.bend;
    const sharpness = anneal(spec.annealing.sharpness, annealed);
    if (state.iteration === 0) await setLevels(state, context, sharpness);
    const pairs = await pairForces(state, context, sharpness);
    const nearest = gallery && (await galleryNeighbours(state, points, gallery, context));
    const scale = rowCount(points) / total(pairs.sums);
    const repelled = await repelledForces(points, context, sharpness);
    if (repelled) addRepelled(pairs.force, repelled, (state.scalars.repelWeight as number) / scale);
    addGallery(pairs.force, scale, gallery, nearest, spec.alpha);
    project(points, pairs.force);
    const force = await precondition(state, pairs.force, context);
    const meanSquare = shorten(force, spec.dimension, project(points, force), spec.alpha);
    move(state, points, { force, meanSquare }, anneal(spec.annealing.step, annealed));
    completeOrbits(state.embeddings, spec);
    moveLevels(state, pairs, sharpness);
    if (repelled && progress >= YIELD_FROM) yieldRepel(state, repelled, spec, sharpness);
    const cosine = isSymmetric(spec) ? ofEveryPoint(pairs.cosine, spec) : pairs.cosine;
    return { points: { cosine }, gallery: nearest, repelled };
  },
};

/** Without a gallery term, nothing is remembered for it, and the points of an orbit are not alike to it. */
const galleryNeighbours = (
  state: PackingState,
  points: Rows,
  gallery: Rows,
  { spec, kernels }: SolverContext,
) =>
  spec.alpha > 0
    ? nearestInGallery(state, points, gallery, kernels)
    : kernels.nearest(reportedRows(state, spec), gallery);

interface PairForces extends Repulsion {
  /** What weights and sums were multiplied by, a point; absent where one level is for all. */
  shares?: Float32Array | undefined;
}

/** What pairs of points, of which one moves on its own, do to that one. */
async function pairForces(
  state: PackingState,
  { spec, kernels }: SolverContext,
  sharpness: number,
): Promise<PairForces> {
  const levels = state.tensors.levels as Float32Array | undefined;
  const shares = levels && emphasis(levels);
  const level = shares
    ? levels.map((value, i) => value - Math.log(shares[i] as number) / sharpness)
    : (state.scalars.level as number);
  const points = movingRows(state, spec);
  const pairs = await kernels.repulsion(points, { sharpness, level });
  const others = otherHalves(state, spec);
  if (!others) return { ...pairs, shares };
  const more = await kernels.pressure(points, others, { sharpness, level });
  // With one level for all, a pair weighs the same as seen from its other half.
  const orders = typeof level === "number" ? 2 : 1;
  add(pairs.force, more.force, orders);
  // A frozen point has no sum of its own; an image has that of the point that moves.
  add(pairs.sums, more.sums, isSymmetric(spec) ? 1 : orders);
  const cosine = pairs.cosine.map((value, i) => Math.max(value, more.cosine[i] as number));
  return { ...pairs, cosine, shares };
}

/** Points that do not move on their own: frozen ones, or the images of orbits; null where all do. */
function otherHalves(state: PackingState, spec: SolverContext["spec"]): Rows | null {
  const { dimension, frozen, symmetry } = spec;
  if (isSymmetric(spec))
    return shifts(movingRows(state, spec), symmetry.cyclic, 1, symmetry.cyclic);
  if (frozen === 0) return null;
  return { data: state.embeddings.subarray(0, frozen * dimension), dimension };
}

/** What a repelled set does, with a weight of 1 for a vector exactly as near as is allowed; null without one. */
async function repelledForces(
  points: Rows,
  { spec: { repel }, vectors, kernels }: SolverContext,
  sharpness: number,
): Promise<Repulsion | null> {
  if (!vectors.repel || !repel) return null;
  const level = 1 - repel.minimumDistance - REPEL_MARGIN;
  return kernels.pressure(points, vectors.repel, { sharpness, level });
}

/** Adds weight * a point's mean over what is too near, or less where hardly anything is. */
function addRepelled(force: Float32Array, repelled: Repulsion, weight: number): void {
  const d = force.length / repelled.sums.length;
  for (let k = 0; k < force.length; k++) {
    const share = weight / Math.max(1, repelled.sums[Math.floor(k / d)] as number);
    force[k] = (force[k] as number) + share * (repelled.force[k] as number);
  }
}

/** Lowers the weight of a distance that is not kept to within the softening. */
function yieldRepel(
  { scalars }: PackingState,
  { cosine }: Repulsion,
  { repel }: Pick<ResolvedPacking, "repel">,
  sharpness: number,
): void {
  const allowed = 1 - (repel?.minimumDistance ?? 0) + 3 / sharpness;
  if ((cosine[indexOfMax(cosine)] as number) > allowed) {
    scalars.repelWeight = YIELD * (scalars.repelWeight as number);
  }
}

function add(to: Repulsion["sums"], more: Repulsion["sums"], times: number): void {
  for (let k = 0; k < to.length; k++) to[k] = (to[k] as number) + times * (more[k] as number);
}

const total = (values: Repulsion["sums"]) => {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k] as number;
  return sum;
};

const anneal = ([from, to]: [number, number], progress: number) => from * (to / from) ** progress;

/** n times the gradient of the softened Eq. 2, in place: scale * force - alpha * nearest gallery embedding. */
function addGallery(
  force: Float32Array,
  scale: number,
  gallery: Rows | null,
  nearest: Nearest | null,
  alpha: number,
): void {
  const pull = gallery && nearest && alpha > 0 ? gallery : null;
  const d = gallery?.dimension ?? 0;
  for (let p = 0; p < force.length; p++) force[p] = scale * (force[p] as number);
  if (!pull) return;
  for (let i = 0, p = 0; p < force.length; i++) {
    for (let q = (nearest?.index[i] as number) * d, end = q + d; q < end; q++, p++) {
      force[p] = (force[p] as number) - alpha * (pull.data[q] as number);
    }
  }
}
