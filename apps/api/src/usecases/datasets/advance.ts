import type { Dataset } from "@hyperface/contracts";
import { z } from "zod";
import type { Dependencies } from "../../dependencies.ts";
import type { JobRow, Slice } from "../../jobs/slice.ts";
import { exportShard } from "./export.ts";
import { finishDataset } from "./finish.ts";
import { findDataset, samplesOf } from "./get.ts";
import { makeImages } from "./make.ts";

/** Where a dataset stands. */
const DatasetState = z.object({
  /** Samples done, made or missing. */
  next: z.int().default(0),
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

/** A slice makes samples of a shard, or exports a shard whose samples are done, or finishes the dataset. */
export async function advanceDataset(
  deps: Dependencies,
  job: JobRow,
  signal: AbortSignal,
): Promise<Slice> {
  const dataset = await findDataset(deps, job.resourceId);
  const state = DatasetState.parse(job.state);
  const { imagesPerShard } = dataset.spec;
  const total = samplesOf(dataset.spec);
  const end = Math.min(total, (state.shards + 1) * imagesPerShard);
  if (state.next < end) return makeImages(deps, { job, dataset, state }, end, signal);
  if (state.next > state.shards * imagesPerShard) {
    return exportShard(deps, { job, dataset, state });
  }
  return finishDataset(deps, { job, dataset, state });
}
