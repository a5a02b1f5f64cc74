import type { DatasetSpec } from "@hyperface/contracts";
import {
  type ExportImage,
  type Images,
  type Place,
  type Put,
  RECORDS_START,
  toEach,
  writeImageFolderTar,
  writeManifestJsonl,
  writeManifestParquet,
  writeParquetShard,
  writeRecordPart,
  writeWebDatasetShard,
} from "@hyperface/exports";
import type { Dependencies } from "../../dependencies.ts";
import type { Slice } from "../../jobs/slice.ts";
import type { DatasetSlice, DatasetState } from "./advance.ts";
import { createFileWriter, HIDDEN } from "./files.ts";
import { addToDataset, NO_SECONDS } from "./make.ts";
import {
  manifestColumns,
  manifestRow,
  type PlacedFormat,
  type PlaceInDataset,
} from "./manifest.ts";
import type { ImageRow } from "./part.ts";
import { listParts, readPart } from "./parts.ts";

/** How each export writes a shard. @param first the number of the shard's first image among all, from 0 on */
export const WRITERS: Record<
  PlacedFormat,
  (images: Images, put: Put, shard: number, first: number) => Promise<Place[]>
> = {
  webdataset: writeWebDatasetShard,
  folder: writeImageFolderTar,
  parquet: (images, put, shard) => writeParquetShard(images, put, shard),
  recordio: (images, put, shard, first) => writeRecordPart(images, put, shard, first + 1),
};

/** Parts of RecordIO wait there until they are joined. */
export const RECORD_PARTS = `${HIDDEN}recordio`;

export const placedFormats = ({ formats }: DatasetSpec): PlacedFormat[] =>
  formats.filter((format) => format !== "verification");

const EXTENSIONS = { jpeg: "jpg", png: "png", webp: "webp" } as const;

export const toExportImage = (
  spec: DatasetSpec,
  { key, label, provenance }: ImageRow,
  bytes: Uint8Array,
): ExportImage => ({ key, label, bytes, provenance, extension: EXTENSIONS[spec.imageFormat] });

/** Writes a shard whose samples are all done: in each format, then its manifest, which says where each image is. */
export async function exportShard(
  deps: Dependencies,
  { job, dataset, state }: DatasetSlice,
): Promise<Slice> {
  const started = performance.now();
  const { spec } = dataset;
  const shard = state.shards;
  const range = { start: shard * spec.imagesPerShard, end: (shard + 1) * spec.imagesPerShard };
  const parts = await listParts(deps, dataset.id, range);
  async function* images() {
    for (const part of parts) {
      const { rows, images: files } = await readPart(deps, part);
      for (const [k, row] of rows.entries()) {
        yield toExportImage(spec, row, files[k] as Uint8Array);
      }
    }
  }
  const writer = createFileWriter(deps, job);
  const formats = placedFormats(spec);
  const places = await toEach(
    images(),
    formats.map((format) => async (own) => {
      const put = writer.into(format === "recordio" ? RECORD_PARTS : format);
      const found = await WRITERS[format](own, put, shard, state.images);
      return found.map((place) => withoutKey(inDataset(format, place, state)));
    }),
  );
  async function* rows() {
    let k = 0;
    for (const part of parts) {
      for (const row of (await readPart(deps, part)).rows) {
        const own = formats.map((format, f) => [format, places[f]?.[k] as PlaceInDataset]);
        yield manifestRow(row, Object.fromEntries(own));
        k++;
      }
    }
  }
  const put = writer.into("manifest");
  await toEach(rows(), [
    (own) => writeManifestJsonl(own, put, shard),
    (own) => writeManifestParquet(own, manifestColumns(formats), put, shard),
  ]);
  const records = writer.files.find(({ name }) => name.endsWith(".rec"));
  const write = (performance.now() - started) / 1000;
  return {
    done: false,
    state: {
      ...state,
      shards: shard + 1,
      images: state.images + parts.reduce((sum, part) => sum + part.images, 0),
      recordBytes: state.recordBytes + (records?.bytes ?? 0),
    },
    event: {},
    needs: [],
    async record(transaction) {
      await writer.record(transaction);
      await addToDataset(transaction, dataset.id, {}, { ...NO_SECONDS, write });
    },
  };
}

const withoutKey = ({ key: _, ...place }: Place) => place;

/** A place as the finished dataset has it: RecordIO's parts are one file by then. */
function inDataset(format: PlacedFormat, place: Place, { images, recordBytes }: DatasetState) {
  if (format !== "recordio") return { ...place, file: `${format}/${place.file}` };
  return {
    ...place,
    file: "recordio/train.rec",
    row: images + place.row,
    offset: place.offset === null ? null : RECORDS_START + recordBytes + place.offset,
  };
}
