import { createSession, type Session, type TensorValue } from "@hyperface/inference";
import { type Rows, rowCount } from "../rows.ts";
import { cosinesGraph, repulsionGraph } from "./graphs.ts";
import { EXPONENT_LIMIT, type Kernels, type Nearest } from "./kernels.ts";

/** Cosines in one tile: 64 MiB of float32. */
const TILE = 2 ** 24;

/** The kernels on ONNX Runtime, for vectors of one dimension. Tiles depend on the sizes alone. */
export async function createOnnxKernels(dimension: number): Promise<Kernels> {
  const exponentLimit = EXPONENT_LIMIT;
  const [cosines, within, between] = await Promise.all([
    createSession(cosinesGraph(dimension)),
    createSession(repulsionGraph(dimension, { exponentLimit, bothWays: false })),
    createSession(repulsionGraph(dimension, { exponentLimit, bothWays: true })),
  ]);
  return {
    nearestOther: (points) => nearestWithin(cosines, points),
    nearest: (queries, candidates, exclude) => nearestIn(cosines, queries, candidates, exclude),
    repulsion: (points, beta, shift) => repel({ within, between }, points, beta, shift),
  };
}

/** Tiles on and above the diagonal: a pair's cosine is computed once and seen from both sides. */
async function nearestWithin(session: Session, points: Rows): Promise<Nearest> {
  const { dimension: d } = points;
  const n = rowCount(points);
  const data = single(points.data);
  const cosine = new Float32Array(n).fill(-Infinity);
  const index = new Int32Array(n).fill(-1);
  const block = (start: number): TensorValue => ({
    data: data.subarray(start * d, (start + SIDE) * d),
    dims: [Math.min(SIDE, n - start), d],
  });
  for (let i = 0; i < n; i += SIDE) {
    const queries = block(i);
    for (let j = i; j < n; j += SIDE) {
      const { cosines } = await session.run({ queries, candidates: block(j) });
      keepLargest({ cosine, index }, cosines as TensorValue, i, j);
    }
  }
  return { cosine, index };
}

/** Takes a tile's cosines, rows from `i` on and columns from `j` on, for the points of both sides. */
function keepLargest(nearest: Nearest, tile: TensorValue, i: number, j: number): void {
  const { cosine, index } = nearest;
  const values = tile.data as Float32Array;
  const [rows, columns] = tile.dims as [number, number];
  for (let row = 0; row < rows; row++) {
    // Within a diagonal tile each pair is there twice: its half above the diagonal is enough.
    const first = i === j ? row + 1 : 0;
    let at = row * columns + first;
    let largest = cosine[i + row] as number;
    let best = index[i + row] as number;
    for (let column = first; column < columns; column++, at++) {
      const value = values[at] as number;
      if (value > largest) {
        largest = value;
        best = j + column;
      }
      if (value > (cosine[j + column] as number)) {
        cosine[j + column] = value;
        index[j + column] = i + row;
      }
    }
    cosine[i + row] = largest;
    index[i + row] = best;
  }
}

async function nearestIn(
  session: Session,
  queries: Rows,
  candidates: Rows,
  exclude?: Int32Array,
): Promise<Nearest> {
  const n = rowCount(queries);
  const m = rowCount(candidates);
  const nearest = { cosine: new Float32Array(n), index: new Int32Array(n) };
  for (const { start, end, rows } of tiles(queries, m)) {
    const { cosines } = await session.run({ queries: rows, candidates: matrix(candidates) });
    const values = cosines?.data as Float32Array;
    for (let i = start; i < end; i++) {
      const row = values.subarray((i - start) * m, (i - start + 1) * m);
      const index = indexOfLargest(row, exclude?.[i] ?? -1);
      nearest.index[i] = index;
      nearest.cosine[i] = index < 0 ? -Infinity : (row[index] as number);
    }
  }
  return nearest;
}

function indexOfLargest(row: Float32Array, exclude: number): number {
  let best = -1;
  let largest = -Infinity;
  for (let j = 0; j < row.length; j++) {
    const value = row[j] as number;
    if (value > largest && j !== exclude) {
      largest = value;
      best = j;
    }
  }
  return best;
}

/** Points a side of a repulsion tile: 4 MiB of weights, that a core's cache holds in part. */
const SIDE = 1024;
/** Added to the exponent of a pair that does not count: its weight is 0. */
const NOT_A_PAIR = -1e9;

/** Tiles on and above the diagonal: a pair of points is computed once and acts on both. */
async function repel(
  sessions: { within: Session; between: Session },
  points: Rows,
  beta: number,
  shift: number,
) {
  const { dimension: d } = points;
  const n = rowCount(points);
  const data = single(points.data);
  const scaled = new Float32Array(data.length);
  for (let k = 0; k < data.length; k++) scaled[k] = beta * (data[k] as number);
  const sums = { force: new Float32Array(n * d), largest: new Float32Array(n).fill(-Infinity) };
  const bias = { data: Float32Array.of(-beta * shift), dims: [1, 1] };
  let total = 0;
  for (let i = 0; i < n; i += SIDE) {
    const a = { data: scaled.subarray(i * d, (i + SIDE) * d), dims: [Math.min(SIDE, n - i), d] };
    for (let j = i; j < n; j += SIDE) {
      const b = { data: data.subarray(j * d, (j + SIDE) * d), dims: [Math.min(SIDE, n - j), d] };
      const within = i === j;
      const found = within
        ? await sessions.within.run({ a, b, bias, mask: selfMask(b.dims[0] as number) })
        : await sessions.between.run({ a, b, bias });
      const part = (name: string) => found[name]?.data as Float32Array;
      accumulate(sums, i, { force: part("forceA"), largest: part("largestA"), scale: 1 }, d);
      if (!within) {
        // a came multiplied by beta, and so did the force it exerts.
        const other = { force: part("forceB"), largest: part("largestB"), scale: 1 / beta };
        accumulate(sums, j, other, d);
      }
      total += (within ? 1 : 2) * (part("total")[0] as number);
    }
  }
  return { force: sums.force, total, cosine: sums.largest.map((e) => e / beta + shift) };
}

/** The masks of whole tiles and of the last one: a packing has two sizes of them at most. */
const masks = new Map<number, TensorValue>();

function selfMask(size: number): TensorValue {
  const known = masks.get(size);
  if (known) return known;
  const data = new Float32Array(size * size);
  for (let k = 0; k < size; k++) data[k * size + k] = NOT_A_PAIR;
  const mask = { data, dims: [size, size] };
  if (masks.size >= 4) masks.clear();
  masks.set(size, mask);
  return mask;
}

interface Sums {
  force: Float32Array;
  largest: Float32Array;
}

/** Adds a tile's forces to the points from `start` on, and keeps the largest exponents. */
function accumulate(sums: Sums, start: number, tile: Sums & { scale: number }, d: number): void {
  const { force, largest, scale } = tile;
  for (let k = 0, p = start * d; k < force.length; k++, p++) {
    sums.force[p] = (sums.force[p] as number) + scale * (force[k] as number);
  }
  for (let k = 0; k < largest.length; k++) {
    const value = largest[k] as number;
    if (value > (sums.largest[start + k] as number)) sums.largest[start + k] = value;
  }
}

function* tiles(queries: Rows, width: number) {
  const { dimension: d } = queries;
  const n = rowCount(queries);
  const height = Math.max(1, Math.floor(TILE / width));
  for (let start = 0; start < n; start += height) {
    const end = Math.min(n, start + height);
    const data = single(queries.data).subarray(start * d, end * d);
    yield { start, end, rows: { data, dims: [end - start, d] } };
  }
}

const matrix = (rows: Rows): TensorValue => ({
  data: single(rows.data),
  dims: [rowCount(rows), rows.dimension],
});

const single = (data: Rows["data"]): Float32Array =>
  data instanceof Float32Array ? data : Float32Array.from(data);
