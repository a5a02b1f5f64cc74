import { createSession, type Session, type TensorValue } from "@hyperface/inference";
import { type Rows, rowCount } from "../rows.ts";
import { cosinesGraph, repulsionGraph } from "./graphs.ts";
import { EXPONENT_LIMIT, type Kernels, type Nearest } from "./kernels.ts";

/** Cosines in one tile: 64 MiB of float32. */
const TILE = 2 ** 24;

/** The kernels on ONNX Runtime, for vectors of one dimension. Tiles depend on the sizes alone. */
export async function createOnnxKernels(dimension: number): Promise<Kernels> {
  const [cosines, repulsion] = await Promise.all([
    createSession(cosinesGraph(dimension)),
    createSession(repulsionGraph(dimension, EXPONENT_LIMIT)),
  ]);
  return {
    nearestOther: (points) => {
      const self = Int32Array.from({ length: rowCount(points) }, (_, i) => i);
      return nearestIn(cosines, points, points, self);
    },
    nearest: (queries, candidates, exclude) => nearestIn(cosines, queries, candidates, exclude),
    repulsion: (points, beta, shift) => repel(repulsion, points, beta, shift),
  };
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

async function repel(session: Session, points: Rows, beta: number, shift: number) {
  const n = rowCount(points);
  const force = new Float32Array(points.data.length);
  const nearest = { cosine: new Float32Array(n), index: new Int32Array(n) };
  let total = 0;
  const all = { data: Int32Array.from({ length: n }, (_, i) => i), dims: [1, n] };
  for (const { start, end, rows } of tiles(points, n)) {
    const found = await session.run({
      queries: rows,
      candidates: matrix(points),
      self: { data: all.data.slice(start, end), dims: [end - start, 1] },
      all,
      beta: { data: Float32Array.of(beta), dims: [] },
      shift: { data: Float32Array.of(shift), dims: [] },
    });
    force.set(found.force?.data as Float32Array, start * points.dimension);
    nearest.cosine.set(found.nearest?.data as Float32Array, start);
    nearest.index.set(Int32Array.from(found.index?.data as BigInt64Array, Number), start);
    for (const part of (found.total as TensorValue).data as Float32Array) total += part;
  }
  return { force, total, nearest };
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
