import { randomStream } from "@hyperface/hypersphere";
import { normalise } from "@hyperface/vectors";

/** Points closer than this move as one: their difference is lost in float32. */
const TOLERANCE = 1e-5;
/** Angle, in radians, by which a duplicate is moved away. */
const NUDGE = 1e-2;

/**
 * Moves every row that equals an earlier one by a small random angle, in place. Where two points
 * coincide their cosine has no gradient, so they would never separate.
 * @param from the first row that may be moved
 * @returns the rows moved
 */
export function separateDuplicates(
  data: Float32Array,
  dimension: number,
  { seed, from = 0 }: { seed: number; from?: number },
): number[] {
  const moved = findDuplicates(data, dimension, seed).filter((i) => i >= from);
  for (const i of moved) {
    const point = data.subarray(i * dimension, (i + 1) * dimension);
    const noise = randomStream(seed, "packing-separate", i).gaussian(dimension);
    const scale = NUDGE / Math.sqrt(dimension);
    for (let k = 0; k < dimension; k++) {
      point[k] = (point[k] as number) + scale * (noise[k] as number);
    }
    point.set(normalise(point));
  }
  return moved;
}

/**
 * Rows within TOLERANCE of a row of smaller index. Equal points have equal projections, so only
 * neighbours in the order along a random direction are compared: O(n (d + log n)) for distinct rows.
 */
function findDuplicates(data: Float32Array, dimension: number, seed: number): number[] {
  const n = data.length / dimension;
  const direction = (which: number) =>
    normalise(randomStream(seed, "packing-direction", which).gaussian(dimension));
  const first = project(data, direction(0));
  const second = project(data, direction(1));
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => (first[a] as number) - (first[b] as number) || a - b,
  );
  const found = new Set<number>();
  for (let a = 0; a < n; a++) {
    const i = order[a] as number;
    if (found.has(i)) continue;
    for (let b = a + 1; b < n; b++) {
      const j = order[b] as number;
      if ((first[j] as number) - (first[i] as number) > TOLERANCE) break;
      const near = Math.abs((second[i] as number) - (second[j] as number)) <= TOLERANCE;
      if (near && distance(data, dimension, i, j) <= TOLERANCE) found.add(Math.max(i, j));
    }
  }
  return [...found].sort((a, b) => a - b);
}

function project(data: Float32Array, direction: Float32Array): Float64Array {
  const d = direction.length;
  return Float64Array.from({ length: data.length / d }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < d; k++) sum += (data[i * d + k] as number) * (direction[k] as number);
    return sum;
  });
}

function distance(data: Float32Array, d: number, i: number, j: number): number {
  let square = 0;
  for (let k = 0; k < d; k++) {
    square += ((data[i * d + k] as number) - (data[j * d + k] as number)) ** 2;
  }
  return Math.sqrt(square);
}
