import type { Dataset } from "@hyperface/contracts";
import { z } from "zod";
import type { Dependencies } from "../../dependencies.ts";
import { createPieces, isPiece, listPieces } from "../../jobs/pieces.ts";
import type { JobRow, Slice } from "../../jobs/slice.ts";
import { exportShard } from "./export.ts";
import { finishDataset } from "./finish.ts";
import { findDataset, samplesOf } from "./get.ts";
import { makeImages } from "./make.ts";
import { listParts } from "./parts.ts";
import { findGaps, Range, splitRanges } from "./ranges.ts";

/** Samples of a piece: some seconds of work. */
const PIECE_SAMPLES = 64;
/** Pieces of a dataset that are queued or under way: so many workers can be at it at once. */
const PIECES_AT_ONCE = 32;
/** Seconds after which a dataset looks at its pieces, which else wake it when they end. */
const WAIT_SECONDS = 2;

/** Where a dataset stands, beside the parts that it has. */
const DatasetState = z.object({
  /** Shards exported. */
  shards: z.int().default(0),
  /** Images in those. */
  images: z.int().default(0),
  /** Bytes of the RecordIO parts in those. */
  recordBytes: z.int().default(0),
});
export type DatasetState = z.infer<typeof DatasetState>;

export interface DatasetSlice {
  job: JobRow;
  dataset: Dataset;
  state: DatasetState;
}

/**
 * Images are made in pieces, by any number of workers. The dataset's own slices queue those, export each shard whose
 * samples are done, in order, and finish the whole.
 */
export async function advanceDataset(
  deps: Dependencies,
  job: JobRow,
  signal: AbortSignal,
): Promise<Slice> {
  const dataset = await findDataset(deps, job.resourceId);
  if (isPiece(job)) return makeImages(deps, { job, dataset }, Range.parse(job.state), signal);
  const state = DatasetState.parse(job.state);
  const { imagesPerShard } = dataset.spec;
  const total = samplesOf(dataset.spec);
  const from = state.shards * imagesPerShard;
  if (from >= total) return finishDataset(deps, { job, dataset, state });
  // Before the parts: a piece that ends meanwhile has its samples among those, and none are made twice.
  const pieces = await listPieces(deps.db, job);
  const gaps = findGaps(await listParts(deps, dataset.id, { start: from }), from, total);
  if ((gaps[0]?.start ?? total) >= Math.min(total, from + imagesPerShard)) {
    return exportShard(deps, { job, dataset, state });
  }
  const busy = pieces.map((piece) => Range.parse(piece.state));
  const open = splitRanges(gaps, busy, { most: PIECE_SAMPLES, every: imagesPerShard });
  const added = open.slice(0, Math.max(0, PIECES_AT_ONCE - pieces.length));
  return {
    ...{ done: false, state: { ...state }, event: null, needs: [] },
    waitSeconds: WAIT_SECONDS,
    record: (transaction) => createPieces(transaction, job, added),
  };
}
