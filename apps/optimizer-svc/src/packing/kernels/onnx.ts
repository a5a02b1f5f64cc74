import { createSession, type Session, type TensorValue } from "@hyperface/inference";
import { type Rows, rowCount } from "@hyperface/vectors";
import { cosinesGraph, repulsionGraph, type TileKind } from "./graphs.ts";
import {
  EXPONENT_LIMIT,
  type Kernels,
  type Nearest,
  noNearest,
  type Placed,
  type RepelledSet,
  type Repulsion,
} from "./kernels.ts";

/** Cosines in one tile: 64 MiB of float32. */
const TILE = 2 ** 24;

/** The kernels on ONNX Runtime, for vectors of one dimension. Tiles depend on the sizes alone. */
export async function createOnnxKernels(dimension: number): Promise<Kernels> {
  const exponentLimit = EXPONENT_LIMIT;
  const repulsion = (kind: TileKind) =>
    createSession(repulsionGraph(dimension, { exponentLimit, kind }));
  const [cosines, within, between, repelled] = await Promise.all([
    createSession(cosinesGraph(dimension)),
    repulsion("within"),
    repulsion("between"),
    repulsion("repelled"),
  ]);
  const tiles = { within, between, repelled };
  return {
    meet: (nearest, a, b) => meet(cosines, nearest, a, b),
    async nearestOther(points) {
      const nearest = noNearest(rowCount(points));
      const all = { rows: points, start: 0 };
      await meet(cosines, nearest, all, all);
      return nearest;
    },
    nearest: (queries, candidates, exclude) => nearestIn(cosines, queries, candidates, exclude),
    repulsion: (points, sharpness, shift, repelledSets = []) =>
      repel(tiles, points, sharpness, shift, repelledSets),
  };
}

/** A pair's cosine is computed once and seen from both sides. */
async function meet(session: Session, nearest: Nearest, a: Placed, b: Placed): Promise<void> {
  for (let i = 0; i < rowCount(a.rows); i += SIDE) {
    const queries = block(a.rows, i);
    const first = a.start === b.start ? i : 0;
    for (let j = first; j < rowCount(b.rows); j += SIDE) {
      const { cosines } = await session.run({ queries, candidates: block(b.rows, j) });
      keepLargest(nearest, cosines as TensorValue, a.start + i, b.start + j);
    }
  }
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
  for (const { start, end, rows } of strips(queries, m)) {
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
  sessions: Record<TileKind, Session>,
  points: Rows,
  sharpness: number,
  shift: number,
  repelledSets: readonly RepelledSet[],
): Promise<Repulsion> {
  const { dimension: d } = points;
  const n = rowCount(points);
  const scaled = new Float32Array(points.data.length);
  for (let k = 0; k < scaled.length; k++) scaled[k] = sharpness * (points.data[k] as number);
  const a = { data: scaled, dimension: d };
  const force = new Float32Array(n * d);
  const nothing = () => new Float32Array(n).fill(-Infinity);
  const sums: Sums = { force, largest: nothing() };
  const bias = biasOf(sharpness, shift);
  let total = 0;
  for (let i = 0; i < n; i += SIDE) {
    const tile = { a: block(a, i), b: block(points, i), bias };
    const mask = selfMask(Math.min(SIDE, n - i));
    total += takeTile(await sessions.within.run({ ...tile, mask }), sums, i, d);
    for (let j = i + SIDE; j < n; j += SIDE) {
      const found = await sessions.between.run({ ...tile, b: block(points, j) });
      total += 2 * takeTile(found, sums, i, d);
      // a came multiplied by sharpness, and so did the force it exerts.
      accumulate(
        sums,
        j,
        { force: part(found, "forceB"), largest: part(found, "largestB") },
        d,
        1 / sharpness,
      );
    }
  }
  const repelledCosines: Float32Array[] = [];
  for (const { rows, shift: at } of repelledSets) {
    const repelled: Sums = { force, largest: nothing() };
    for (let i = 0; i < n; i += SIDE) {
      for (let j = 0; j < rowCount(rows); j += SIDE) {
        const tile = { a: block(a, i), b: block(rows, j), bias: biasOf(sharpness, at) };
        total += 2 * takeTile(await sessions.repelled.run(tile), repelled, i, d);
      }
    }
    repelledCosines.push(repelled.largest.map((e) => e / sharpness + at));
  }
  return {
    force,
    total,
    cosine: sums.largest.map((e) => e / sharpness + shift),
    repelledSets: repelledCosines,
  };
}

const biasOf = (sharpness: number, shift: number): TensorValue => ({
  data: Float32Array.of(-sharpness * shift),
  dims: [1, 1],
});

/** Rows from `start` on, a tile's side of them. */
const block = ({ data, dimension: d }: Rows, start: number): TensorValue => {
  const rows = single(data).subarray(start * d, (start + SIDE) * d);
  return { data: rows, dims: [rows.length / d, d] };
};

const part = (found: Record<string, TensorValue>, name: string) =>
  found[name]?.data as Float32Array;

/** Adds what a tile does to its points a. @returns the sum of its weights */
function takeTile(found: Record<string, TensorValue>, sums: Sums, i: number, d: number): number {
  accumulate(sums, i, { force: part(found, "forceA"), largest: part(found, "largestA") }, d, 1);
  return part(found, "total")[0] as number;
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
function accumulate(sums: Sums, start: number, tile: Sums, d: number, scale: number): void {
  const { force, largest } = tile;
  for (let k = 0, p = start * d; k < force.length; k++, p++) {
    sums.force[p] = (sums.force[p] as number) + scale * (force[k] as number);
  }
  for (let k = 0; k < largest.length; k++) {
    const value = largest[k] as number;
    if (value > (sums.largest[start + k] as number)) sums.largest[start + k] = value;
  }
}

function* strips(queries: Rows, width: number) {
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
