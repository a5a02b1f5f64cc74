import {
  HyperFaceError,
  memoiseLoads,
  type NearestRequest,
  type NearestResponse,
} from "@hyperface/contracts";
import type { ObjectStore } from "@hyperface/storage";
import { joinRows, type Rows, rowCount, rowDot } from "@hyperface/vectors";
import { LRUCache } from "lru-cache";
import { type Cosines, createCosines } from "../comparison/cosines.ts";
import { openRows, type RowsFile } from "../comparison/rows-file.ts";

/** Rows of a block: 16 MB of vectors of 512 numbers. */
const BLOCK = 8192;
/** Bytes of a set's first blocks that stay from one request to the next. */
const KEPT_BYTES = 64 * 2 ** 20;
/** Sets that are remembered: that of a packing, and that of a leakage gate. */
const KEPT_SETS = 2;

type Found = NearestResponse["nearest"][number];

/**
 * Finds the vector of a stored set nearest to each query: by its cosine in float64, of equal ones the first. The set is
 * read and multiplied in blocks, so that memory does not grow with it.
 * @throws HyperFaceError `missing-object`, `damaged-object`, `dimension-mismatch`
 */
export function createNearestFinder(
  store: Pick<ObjectStore, "getRange" | "getStream">,
  { block = BLOCK, keptBytes = KEPT_BYTES } = {},
) {
  const open = memoiseLoads(
    (key) => openBlocks(store, key, { block, keptBytes }),
    new LRUCache<string, Promise<BlockReader>>({ max: KEPT_SETS }),
  );
  return async ({ set, queries, own }: NearestRequest): Promise<NearestResponse> => {
    const { dimension, cosinesOf, blocks } = await open(set);
    const odd = queries.find(({ length }) => length !== dimension);
    if (odd) {
      const have = `the set has dimension ${dimension}, a query ${odd.length}`;
      throw new HyperFaceError("dimension-mismatch", have);
    }
    const rows = { data: joinRows(queries, dimension), dimension };
    const best = queries.map(() => ({ ...NONE }));
    for await (const candidates of blocks()) {
      const cosines = await cosinesOf(rows, candidates.rows);
      for (const [query, so] of best.entries())
        take(so, { rows, query, own: own?.[query] }, candidates, cosines);
    }
    return {
      nearest: best.map(({ index, cosine }): Found => (index < 0 ? null : { index, cosine })),
    };
  };
}

interface Placed {
  rows: Rows;
  start: number;
}

interface BlockReader {
  dimension: number;
  cosinesOf: Cosines;
  blocks(): AsyncGenerator<Placed>;
}

/** Its bytes are verified here; a block that is read again is seen to be of unit vectors. */
async function openBlocks(
  store: Pick<ObjectStore, "getRange" | "getStream">,
  key: string,
  { block, keptBytes }: { block: number; keptBytes: number },
): Promise<BlockReader> {
  const file: RowsFile = await openRows(store, key, "the set");
  await file.sha256();
  const most = Math.floor(keptBytes / (4 * file.dimension));
  const kept = new Map<number, Rows>();
  return {
    dimension: file.dimension,
    cosinesOf: await createCosines(file.dimension),
    async *blocks() {
      for (let start = 0; start < file.count; start += block) {
        const rows = kept.get(start) ?? (await file.read(start, block));
        if (start + block <= most) kept.set(start, rows);
        yield { rows, start };
      }
    },
  };
}

/** The nearest so far, and the largest cosine in float32 among those it was chosen from. */
const NONE = { index: -1, cosine: -Infinity, single: -Infinity };

/** Those whose float32 cosine is so near the largest that either may be the nearest are compared in float64. */
function take(
  best: typeof NONE,
  { rows, query, own }: { rows: Rows; query: number; own: number | undefined },
  { rows: candidates, start }: Placed,
  cosines: Float32Array,
): void {
  const columns = rowCount(candidates);
  // Either sum of d products of unit vectors is off by d 2^-24 at most.
  const margin = 2 * rows.dimension * 2 ** -24;
  for (let column = 0, at = query * columns; column < columns; column++, at++) {
    const single = cosines[at] as number;
    if (single < best.single - margin || start + column === own) continue;
    if (single > best.single) best.single = single;
    const cosine = rowDot(rows, query, candidates, column);
    if (cosine <= best.cosine) continue;
    best.cosine = cosine;
    best.index = start + column;
  }
}
