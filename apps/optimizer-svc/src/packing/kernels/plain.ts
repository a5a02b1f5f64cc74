import { type Rows, rowCount, rowDot } from "@hyperface/vectors";
import { EXPONENT_LIMIT, type Kernels, type Nearest, type RepelledSet } from "./kernels.ts";

/**
 * Plain loops in float64: the reference that the other kernels are tested against, and the faster
 * choice for a few dozen points.
 */
export const plainKernels: Kernels = {
  async meet(nearest, a, b) {
    for (let i = 0; i < rowCount(a.rows); i++) {
      for (let j = a.start === b.start ? i + 1 : 0; j < rowCount(b.rows); j++) {
        const value = rowDot(a.rows, i, b.rows, j);
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
        if (j !== exclude?.[i]) keep(nearest, i, j, rowDot(queries, i, candidates, j));
      }
    }
    return nearest;
  },

  async repulsion(points, sharpness, shift, repelledSets = []) {
    const { data, dimension: d } = points;
    const nearest = emptyNearest(rowCount(points));
    const force = new Float64Array(data.length);
    let total = 0;
    forEachPair(points, (i, j, cosine) => {
      keep(nearest, i, j, cosine);
      keep(nearest, j, i, cosine);
      const weight = Math.exp(Math.min(sharpness * (cosine - shift), EXPONENT_LIMIT));
      total += 2 * weight;
      for (let k = 0, p = i * d, q = j * d; k < d; k++, p++, q++) {
        force[p] = (force[p] as number) + weight * (data[q] as number);
        force[q] = (force[q] as number) + weight * (data[p] as number);
      }
    });
    const repelledCosines = repelledSets.map((repelledSet) => {
      const { cosine, weight } = pushAway(force, points, repelledSet, sharpness);
      total += 2 * weight;
      return cosine;
    });
    return {
      force: Float32Array.from(force),
      total,
      cosine: nearest.cosine,
      repelledSets: repelledCosines,
    };
  },
};

/** Adds an repelledSet's force on the points. @returns each point's largest cosine with it, and the sum of weights */
function pushAway(
  force: Float64Array,
  points: Rows,
  { rows, shift }: RepelledSet,
  sharpness: number,
) {
  const { dimension: d } = points;
  const { cosine, index } = emptyNearest(rowCount(points));
  let sum = 0;
  for (let i = 0; i < index.length; i++) {
    for (let j = 0; j < rowCount(rows); j++) {
      const value = rowDot(points, i, rows, j);
      keep({ cosine, index }, i, j, value);
      const weight = Math.exp(Math.min(sharpness * (value - shift), EXPONENT_LIMIT));
      sum += weight;
      for (let k = 0, p = i * d, q = j * d; k < d; k++, p++, q++) {
        force[p] = (force[p] as number) + weight * (rows.data[q] as number);
      }
    }
  }
  return { cosine, weight: sum };
}

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
    for (let j = i + 1; j < n; j++) visit(i, j, rowDot(points, i, points, j));
  }
}
