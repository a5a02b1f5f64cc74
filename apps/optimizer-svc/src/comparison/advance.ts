import {
  COMPARISON_BLOCK as BLOCK,
  type ComparisonSliceRequest,
  type ComparisonSliceResponse,
  comparisonSteps,
  HyperFaceError,
} from "@hyperface/contracts";
import type { ObjectStore } from "@hyperface/storage";
import { type Rows, rowCount } from "@hyperface/vectors";
import { type CosineHistogram, countIn } from "./cosine-histogram.ts";
import { createCosines } from "./cosines.ts";
import { summarise } from "./result.ts";
import { openRows, type RowsFile } from "./rows-file.ts";
import { type ComparisonState, decodeState, encodeState, startOf } from "./state.ts";
import { type Tile, tileOf } from "./tiles.ts";
import { createTopPairs, type TopPairs } from "./top-pairs.ts";

type Store = Pick<ObjectStore, "get" | "put" | "getRange" | "getStream">;

/**
 * Compares all vectors of a set with all of a reference set, from a checkpoint to the next: tile by tile, so that
 * memory does not grow with the sets but by 4 bytes a vector. Other slices of it give the same bits.
 * @param stop a 1 in it ends the slice with its tile
 * @throws HyperFaceError `damaged-object`, `missing-object`, `invalid-checkpoint`, `dimension-mismatch`
 */
export async function advanceComparison(
  store: Store,
  request: ComparisonSliceRequest,
  stop?: Int32Array,
): Promise<ComparisonSliceResponse> {
  const until = performance.now() + 1000 * request.budgetSeconds;
  const [set, reference] = await Promise.all([
    openRows(store, request.set, "the set"),
    openRows(store, request.reference, "the reference set"),
  ]);
  if (set.dimension !== reference.dimension) {
    const have = `the set has dimension ${set.dimension}, the reference set ${reference.dimension}`;
    throw new HyperFaceError("dimension-mismatch", have);
  }
  const state = await stateOf(store, request, { set, reference });
  const total = comparisonSteps(set.count, reference.count);
  const top = createTopPairs(request.topK, state.top);
  const compare = await createTileReader({ set, reference });
  const isOver = () => performance.now() > until || (stop && Atomics.load(stop, 0) === 1);
  while (state.completed < total) {
    take(state, top, await compare(tileOf(state.completed - 1, reference.count)));
    state.completed += 1;
    if (isOver()) break;
  }
  state.top = top.pairs();
  await store.put(request.outputKey, encodeState(state, request));
  const { completed } = state;
  const done = completed === total;
  return { done, completed, result: done ? await summarise(state, request, set, reference) : null };
}

async function stateOf(
  store: Store,
  request: ComparisonSliceRequest,
  { set, reference }: Record<"set" | "reference", RowsFile>,
): Promise<ComparisonState> {
  const { checkpointKey } = request;
  if (checkpointKey !== null) {
    return decodeState(await store.get(checkpointKey), request, set.count);
  }
  // What is damaged shows before anything is compared.
  return startOf(set.count, { set: await set.sha256(), reference: await reference.sha256() });
}

interface Compared extends Tile {
  cosines: Float32Array;
  columns: number;
}

/** Cosines of a tile; the blocks of the last one are kept for the next. */
async function createTileReader(files: Record<"set" | "reference", RowsFile>) {
  const cosinesOf = await createCosines(files.set.dimension);
  const kept = new Map<string, Rows>();
  const read = async (which: "set" | "reference", start: number) => {
    const name = `${which} ${start}`;
    const rows = kept.get(name) ?? (await files[which].read(start, BLOCK));
    kept.delete(name);
    kept.set(name, rows);
    if (kept.size > 2) kept.delete(kept.keys().next().value as string);
    return rows;
  };
  return async (tile: Tile): Promise<Compared> => {
    const queries = await read(tile.kind === "pairs" ? "set" : "reference", tile.i);
    const candidates = await read("reference", tile.j);
    const cosines = await cosinesOf(queries, candidates);
    return { ...tile, cosines, columns: rowCount(candidates) };
  };
}

function take(state: ComparisonState, top: TopPairs, tile: Compared): void {
  if (tile.kind === "pairs") takePairs(state, top, tile);
  else takeImpostors(state.impostors, tile);
}

/** Each pair of two reference vectors once: of a tile on the diagonal what is above it. */
function takeImpostors(histogram: CosineHistogram, { i, j, cosines, columns }: Compared): void {
  for (let start = 0, row = 0; start < cosines.length; start += columns, row++) {
    countIn(histogram, cosines, i === j ? start + row + 1 : start, start + columns);
  }
}

function takePairs({ pairs, nearest }: ComparisonState, top: TopPairs, tile: Compared): void {
  const { i, j, cosines, columns } = tile;
  for (let start = 0, row = i; start < cosines.length; start += columns, row++) {
    const largest = countIn(pairs, cosines, start, start + columns);
    if (largest > (nearest[row] as number)) nearest[row] = largest;
    if (largest < top.floor()) continue;
    for (let column = 0; column < columns; column++) {
      const cosine = cosines[start + column] as number;
      if (cosine >= top.floor()) top.offer(cosine, row, j + column);
    }
  }
}
