import { createSession, floatsOf } from "@hyperface/inference";
import { type Rows, rowCount } from "@hyperface/vectors";
import { cosinesGraph } from "../packing/kernels/graphs.ts";

/** Cosines of all rows of two blocks, row-major. */
export type Cosines = (queries: Rows, candidates: Rows) => Promise<Float32Array>;

export async function createCosines(dimension: number): Promise<Cosines> {
  const session = await createSession(cosinesGraph(dimension));
  const matrix = (rows: Rows) => {
    return { data: rows.data as Float32Array, dims: [rowCount(rows), rows.dimension] };
  };
  return async (queries, candidates) => {
    const feeds = { queries: matrix(queries), candidates: matrix(candidates) };
    return floatsOf(await session.run(feeds), "cosines").data;
  };
}
