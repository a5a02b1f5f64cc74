import type { ResolvedPacking } from "@hyperface/contracts";
import type { Rows } from "@hyperface/vectors";

type Symmetric = Pick<ResolvedPacking, "count" | "symmetry" | "dimension">;

export const isSymmetric = ({ symmetry }: Pick<ResolvedPacking, "symmetry">): boolean =>
  symmetry.cyclic > 1;

/** Orbits that hold `count` points: the last g - 1 points of all may be left out. */
export const orbitCount = ({ count, symmetry }: Pick<Symmetric, "count" | "symmetry">): number =>
  Math.ceil(count / symmetry.cyclic);

/**
 * Images of points under the shifts from `from` up to, not including, `to`: row (s - from) m + r is point r of m, each
 * block of `cyclic` coordinates rolled by s. An isometry, so that x . (y rolled by s) = (x rolled by t) . (y rolled by s + t).
 */
export function shifts({ data, dimension: d }: Rows, cyclic: number, from: number, to: number) {
  const rolled = new Float32Array(data.length * (to - from));
  for (let s = from, p = 0; s < to; s++) {
    for (let row = 0; row < data.length; row += cyclic) {
      for (let k = 0; k < cyclic; k++, p++) {
        rolled[p] = data[row + ((k - s + cyclic) % cyclic)] as number;
      }
    }
  }
  return { data: rolled, dimension: d };
}

/** Writes every orbit behind the representatives that lead the embeddings, in place. */
export function completeOrbits(embeddings: Float32Array, spec: Symmetric): void {
  if (!isSymmetric(spec)) return;
  const { dimension, symmetry } = spec;
  const led = orbitCount(spec) * dimension;
  const leaders = { data: embeddings.subarray(0, led), dimension };
  const images = shifts(leaders, symmetry.cyclic, 1, symmetry.cyclic);
  embeddings.set(images.data.subarray(0, embeddings.length - led), led);
}

/** What is known of the representatives, of every point: the points of an orbit are alike. */
export const ofEveryPoint = (cosine: ArrayLike<number>, spec: Symmetric): Float32Array => {
  const orbits = orbitCount(spec);
  return Float32Array.from({ length: spec.count }, (_, i) => cosine[i % orbits] as number);
};
