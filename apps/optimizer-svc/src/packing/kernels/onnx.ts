import {
  createSession,
  type Floats,
  floatsOf,
  type Session,
  type TensorValue,
} from "@hyperface/inference";
import { type Rows, rowCount } from "@hyperface/vectors";
import { cosinesGraph, type Levels, repulsionGraph, type TileKind } from "./graphs.ts";
import {
  clampCosine,
  type Kernels,
  limitOf,
  type Nearest,
  type NearestTwo,
  noNearest,
  type Placed,
  type Repulsion,
  type Softening,
} from "./kernels.ts";
import { createMatrices } from "./matrices.ts";

/** Cosines in one tile: 64 MiB of float32. */
const TILE = 2 ** 24;

let newest: { dimension: number; kernels: Promise<Kernels> } | undefined;

/**
 * The kernels on ONNX Runtime, for vectors of one dimension. Tiles depend on the sizes alone. Nothing of a packing stays in
 * them: those of the dimension asked for last are kept, and answer again.
 */
export function createOnnxKernels(dimension: number): Promise<Kernels> {
  if (newest?.dimension === dimension) return newest.kernels;
  const made = { dimension, kernels: makeKernels(dimension) };
  newest = made;
  made.kernels.catch(() => {
    if (newest === made) newest = undefined;
  });
  return made.kernels;
}

async function makeKernels(dimension: number): Promise<Kernels> {
  const repulsion = (kind: TileKind, levels: Levels) =>
    createSession(repulsionGraph(dimension, kind, levels));
  const [matrices, cosines, set, shared, own] = await Promise.all([
    createMatrices(dimension),
    createSession(cosinesGraph(dimension)),
    repulsion("set", "shared"),
    Promise.all([repulsion("within", "shared"), repulsion("between", "shared")]),
    Promise.all([repulsion("within", "own"), repulsion("between", "own")]),
  ]);
  return {
    meet: (nearest, a, b) => meet(cosines, nearest, a, b),
    async nearestOther(points) {
      const nearest = noNearest(rowCount(points));
      const all = { rows: points, start: 0 };
      await meet(cosines, nearest, all, all);
      return nearest;
    },
    nearest: (queries, candidates, exclude) => nearestIn(cosines, queries, candidates, exclude),
    nearestTwo: (queries, candidates) => nearestTwoIn(cosines, queries, candidates),
    repulsion: (points, softening) =>
      repel(typeof softening.level === "number" ? shared : own, points, softening),
    pressure: (points, rows, softening) => press(set, points, rows, softening),
    matrices,
  };
}

/** A pair's cosine is computed once and seen from both sides. */
async function meet(session: Session, nearest: Nearest, a: Placed, b: Placed): Promise<void> {
  for (let i = 0; i < rowCount(a.rows); i += SIDE) {
    const queries = block(a.rows, i);
    const first = a.start === b.start ? i : 0;
    for (let j = first; j < rowCount(b.rows); j += SIDE) {
      const tile = await session.run({ queries, candidates: block(b.rows, j) });
      keepLargest(nearest, floatsOf(tile, "cosines"), a.start + i, b.start + j);
    }
  }
}

/** Takes a tile's cosines, rows from `i` on and columns from `j` on, for the points of both sides. */
function keepLargest(nearest: Nearest, tile: Floats, i: number, j: number): void {
  const { cosine, index } = nearest;
  const { data: values } = tile;
  const [rows = 0, columns = 0] = tile.dims;
  for (let row = 0; row < rows; row++) {
    // Within a diagonal tile each pair is there twice: its half above the diagonal is enough.
    const first = i === j ? row + 1 : 0;
    let at = row * columns + first;
    let largest = cosine[i + row] as number;
    let best = index[i + row] as number;
    for (let column = first; column < columns; column++, at++) {
      const value = clampCosine(values[at] as number);
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
    const tile = await session.run({ queries: rows, candidates: matrix(candidates) });
    const { data: values } = floatsOf(tile, "cosines");
    for (let i = start; i < end; i++) {
      const row = values.subarray((i - start) * m, (i - start + 1) * m);
      const index = indexOfLargest(row, exclude?.[i] ?? -1);
      nearest.index[i] = index;
      nearest.cosine[i] = index < 0 ? -Infinity : clampCosine(row[index] as number);
    }
  }
  return nearest;
}

async function nearestTwoIn(
  session: Session,
  queries: Rows,
  candidates: Rows,
): Promise<NearestTwo> {
  const n = rowCount(queries);
  const m = rowCount(candidates);
  const [cosine, second] = [new Float32Array(n), new Float32Array(n)];
  const found = { cosine, index: new Int32Array(n), second };
  for (const { start, end, rows } of strips(queries, m)) {
    const tile = await session.run({ queries: rows, candidates: matrix(candidates) });
    const { data: values } = floatsOf(tile, "cosines");
    for (let i = start; i < end; i++) {
      const row = values.subarray((i - start) * m, (i - start + 1) * m);
      const index = indexOfLargest(row, -1);
      found.index[i] = index;
      cosine[i] = clampCosine(row[index] as number);
      second[i] = clampCosine(row[indexOfLargest(row, index)] ?? -1);
    }
  }
  return found;
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
  [within, between]: [Session, Session],
  points: Rows,
  softening: Softening,
): Promise<Repulsion> {
  const { dimension: d } = points;
  const { sharpness, level } = softening;
  const n = rowCount(points);
  const a = scaled(points, sharpness);
  const found = nothingYet(points);
  const limit = scalar(limitOf(softening));
  // With one level P_ij = P_ji, and a tile has the one for both.
  const orders = typeof level === "number" ? 2 : 1;
  for (let i = 0; i < n; i += SIDE) {
    const tile = { a: block(a, i), b: block(points, i), biasA: biasOf(softening, i, n), limit };
    const mask = selfMask(Math.min(SIDE, n - i));
    accumulate(found, i, sideOf(await within.run({ ...tile, mask }), "A"), d, orders);
    for (let j = i + SIDE; j < n; j += SIDE) {
      const feeds = { ...tile, b: block(points, j) };
      const biasB = biasOf(softening, j, n);
      const met = await between.run(
        orders === 2
          ? feeds
          : { ...feeds, biasB: { ...biasB, dims: [1, biasB.dims[0] as number] } },
      );
      accumulate(found, i, sideOf(met, "A"), d, orders);
      // a came multiplied by sharpness, and so did the force it exerts.
      accumulate(found, j, sideOf(met, "B"), d, orders / sharpness);
    }
  }
  return inCosines(found, sharpness);
}

async function press(
  session: Session,
  points: Rows,
  set: Rows,
  softening: Softening,
): Promise<Repulsion> {
  const { dimension: d } = points;
  const n = rowCount(points);
  const a = scaled(points, softening.sharpness);
  const found = nothingYet(points);
  const limit = scalar(limitOf(softening));
  for (let i = 0; i < n; i += SIDE) {
    const tile = { a: block(a, i), biasA: biasOf(softening, i, n), limit };
    for (let j = 0; j < rowCount(set); j += SIDE) {
      accumulate(found, i, sideOf(await session.run({ ...tile, b: block(set, j) }), "A"), d, 1);
    }
  }
  return inCosines(found, softening.sharpness);
}

function scaled({ data, dimension }: Rows, factor: number): Rows {
  const product = new Float32Array(data.length);
  for (let k = 0; k < product.length; k++) product[k] = factor * (data[k] as number);
  return { data: product, dimension };
}

const nothingYet = ({ data, dimension }: Rows): Sums => ({
  force: new Float32Array(data.length),
  sums: new Float32Array(data.length / dimension),
  largest: new Float32Array(data.length / dimension).fill(-Infinity),
});

const inCosines = ({ force, sums, largest }: Sums, sharpness: number): Repulsion => ({
  force,
  sums,
  cosine: largest.map((product) => clampCosine(product / sharpness)),
});

const scalar = (value: number): TensorValue => ({ data: Float32Array.of(value), dims: [] });

/** -sharpness level of a tile's points: one number, or a column of them. */
function biasOf({ sharpness, level }: Softening, start: number, n: number): TensorValue {
  const of = typeof level === "number" ? [level] : level.subarray(start, Math.min(n, start + SIDE));
  return { data: Float32Array.from(of, (value) => -sharpness * value), dims: [of.length, 1] };
}

/** Rows from `start` on, a tile's side of them. */
const block = ({ data, dimension: d }: Rows, start: number): TensorValue => {
  const rows = single(data).subarray(start * d, (start + SIDE) * d);
  return { data: rows, dims: [rows.length / d, d] };
};

/** What a tile does to its points a, or b. */
const sideOf = (found: Record<string, TensorValue>, side: "A" | "B"): Sums => {
  const part = (name: string) => floatsOf(found, name + side).data;
  return { force: part("force"), sums: part("sum"), largest: part("largest") };
};

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
  sums: Float32Array;
  /** Largest products, which are cosines times sharpness. */
  largest: Float32Array;
}

/** Adds a tile's forces and sums to those of the points from `start` on, and keeps the largest products. */
function accumulate(found: Sums, start: number, tile: Sums, d: number, scale: number): void {
  const { force, sums, largest } = tile;
  for (let k = 0, p = start * d; k < force.length; k++, p++) {
    found.force[p] = (found.force[p] as number) + scale * (force[k] as number);
  }
  for (let k = 0; k < largest.length; k++) {
    found.sums[start + k] = (found.sums[start + k] as number) + (sums[k] as number);
    const value = largest[k] as number;
    if (value > (found.largest[start + k] as number)) found.largest[start + k] = value;
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
