import { type Rows, rowCount, rowDot } from "@hyperface/vectors";
import { clampCosine, type Kernels, limitOf, type Nearest, type Softening } from "./kernels.ts";
import { plainMatrices } from "./plain-matrices.ts";

/**
 * Plain loops in float64: the reference that the other kernels are tested against, and the faster
 * choice for a few dozen points.
 */
export const plainKernels: Kernels = {
  async meet(nearest, a, b) {
    for (let i = 0; i < rowCount(a.rows); i++) {
      for (let j = a.start === b.start ? i + 1 : 0; j < rowCount(b.rows); j++) {
        const value = cosineOf(a.rows, i, b.rows, j);
        keep(nearest, a.start + i, b.start + j, value);
        keep(nearest, b.start + j, a.start + i, value);
      }
    }
  },

  async nearestOther(points) {
    const nearest = emptyNearest(rowCount(points));
    forEachPair(points, (i, j, cosine) => {
      keep(nearest, i, j, cosine);
      keep(nearest, j, i, cosine);
    });
    return nearest;
  },

  async nearest(queries, candidates, exclude) {
    const nearest = emptyNearest(rowCount(queries));
    const m = rowCount(candidates);
    for (let i = 0; i < nearest.index.length; i++) {
      for (let j = 0; j < m; j++) {
        if (j !== exclude?.[i]) keep(nearest, i, j, cosineOf(queries, i, candidates, j));
      }
    }
    return nearest;
  },

  async nearestTwo(queries, candidates) {
    const nearest = await plainKernels.nearest(queries, candidates);
    const others = await plainKernels.nearest(queries, candidates, nearest.index);
    return { ...nearest, second: others.cosine.map(clampCosine) };
  },

  async repulsion(points, softening) {
    const { data, dimension: d } = points;
    const { cosine, index } = emptyNearest(rowCount(points));
    const force = new Float64Array(data.length);
    const sums = new Float64Array(index.length);
    const weight = weighing(softening);
    forEachPair(points, (i, j, value) => {
      keep({ cosine, index }, i, j, value);
      keep({ cosine, index }, j, i, value);
      const [ofI, ofJ] = [weight(i, value), weight(j, value)];
      sums[i] = (sums[i] as number) + ofI;
      sums[j] = (sums[j] as number) + ofJ;
      for (let k = 0, p = i * d, q = j * d; k < d; k++, p++, q++) {
        force[p] = (force[p] as number) + (ofI + ofJ) * (data[q] as number);
        force[q] = (force[q] as number) + (ofI + ofJ) * (data[p] as number);
      }
    });
    return { force: Float32Array.from(force), sums, cosine };
  },

  async pressure(points, set, softening) {
    const { dimension: d } = points;
    const { cosine, index } = emptyNearest(rowCount(points));
    const force = new Float64Array(points.data.length);
    const sums = new Float64Array(index.length);
    const weight = weighing(softening);
    for (let i = 0; i < index.length; i++) {
      for (let j = 0; j < rowCount(set); j++) {
        const value = cosineOf(points, i, set, j);
        keep({ cosine, index }, i, j, value);
        const share = weight(i, value);
        sums[i] = (sums[i] as number) + share;
        for (let k = 0, p = i * d, q = j * d; k < d; k++, p++, q++) {
          force[p] = (force[p] as number) + share * (set.data[q] as number);
        }
      }
    }
    return { force: Float32Array.from(force), sums, cosine };
  },

  matrices: plainMatrices,
};

/** Weight of a pair of this cosine as seen from point i. */
function weighing(softening: Softening) {
  const { sharpness, level } = softening;
  const limit = limitOf(softening);
  return (i: number, cosine: number) => {
    const at = typeof level === "number" ? level : (level[i] as number);
    return Math.exp(Math.min(sharpness * (cosine - at), limit));
  };
}

const cosineOf = (a: Rows, i: number, b: Rows, j: number) => clampCosine(rowDot(a, i, b, j));

const emptyNearest = (count: number): Nearest => ({
  cosine: new Float64Array(count).fill(-Infinity),
  index: new Int32Array(count).fill(-1),
});

function keep({ cosine, index }: Nearest, i: number, j: number, value: number): void {
  if (value > (cosine[i] as number)) {
    cosine[i] = value;
    index[i] = j;
  }
}

function forEachPair(points: Rows, visit: (i: number, j: number, cosine: number) => void): void {
  const n = rowCount(points);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) visit(i, j, cosineOf(points, i, points, j));
  }
}
