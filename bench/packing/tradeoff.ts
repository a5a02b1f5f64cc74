import type { PackingPoint } from "@hyperface/contracts";

/** Where a packing near a gallery ends. */
export interface Point {
  alpha: number;
  iterations: number;
  cpuSeconds: number;
  maxCosine: number;
  /** 1 - maxCosine. */
  smallestDistance: number;
  /** Mean cosine to the nearest gallery embedding: the closeness to the manifold of faces. */
  galleryCosine: number;
  objective: number;
  /** Largest cosine over the least so far, at most, after the first tenth. */
  largestJump: number;
}

export interface Comparison {
  alpha: number;
  /** Our objective as a share of the rival's. */
  objectiveRatio: number;
  /** Our smallest distance less the rival's at the rival's closeness; null where our curve does not reach so far yet. */
  lead: number | null;
  largestJump: number;
}

/** What is there of both at the rivals' alphas. */
export const compare = (ours: readonly Point[], rivals: readonly Point[]): Comparison[] =>
  rivals.flatMap((rival) => {
    const own = ours.find(({ alpha }) => alpha === rival.alpha);
    if (!own) return [];
    const { alpha, largestJump } = own;
    const objectiveRatio = own.objective / rival.objective;
    return [{ alpha, objectiveRatio, lead: leadAt(ours, rival), largestJump }];
  });

/** The worst of several galleries at each alpha, in their order. */
export function worstOf(
  comparisons: readonly Comparison[],
): (Comparison & { galleries: number })[] {
  const alphas = [...new Set(comparisons.map(({ alpha }) => alpha))].sort((a, b) => a - b);
  return alphas.map((alpha) => {
    const all = comparisons.filter((one) => one.alpha === alpha);
    const leads = all.map(({ lead }) => lead ?? Number.NaN);
    return {
      alpha,
      galleries: all.length,
      objectiveRatio: Math.max(...all.map(({ objectiveRatio }) => objectiveRatio)),
      // One that is not known leaves the least of them unknown.
      lead: leads.some(Number.isNaN) ? null : Math.min(...leads),
      largestJump: Math.max(...all.map(({ largestJump }) => largestJump)),
    };
  });
}

export function largestJumpOf(history: readonly Pick<PackingPoint, "maxCosine">[]): number {
  const cosines = history.map((point) => point.maxCosine).slice(Math.ceil(history.length / 10));
  let least = Number.POSITIVE_INFINITY;
  let jump = 0;
  for (const cosine of cosines) {
    if (least < Number.POSITIVE_INFINITY) jump = Math.max(jump, cosine / least);
    least = Math.min(least, cosine);
  }
  return jump;
}

/**
 * On the line between our points: below a curve that bends as ours does. A rival less close than all of ours is compared
 * with the least close, which is nearer to the gallery besides.
 */
function leadAt(ours: readonly Point[], rival: Point): number | null {
  const sorted = [...ours].sort((a, b) => a.galleryCosine - b.galleryCosine);
  const right = sorted.findIndex(({ galleryCosine }) => galleryCosine >= rival.galleryCosine);
  const [before, after] = [sorted[right - 1], sorted[right]];
  if (!after) return null;
  if (!before) return after.smallestDistance - rival.smallestDistance;
  const share =
    (rival.galleryCosine - before.galleryCosine) / (after.galleryCosine - before.galleryCosine);
  const distance = before.smallestDistance * (1 - share) + after.smallestDistance * share;
  return distance - rival.smallestDistance;
}
