export { type DatasetCard, datasetCard } from "./dataset-card.ts";
export { type ExportImage, type Images, type Place, type Put, shardsOf, toEach } from "./export.ts";
export { writeParquetShard } from "./hugging-face.ts";
export { writeImageFolder, writeImageFolderTar } from "./image-folder.ts";
export {
  type ManifestColumns,
  type ManifestRow,
  writeManifestJsonl,
  writeManifestParquet,
} from "./manifest.ts";
export {
  type Get,
  joinRecordParts,
  RECORDS_START,
  type RecordDataset,
  writeRecordPart,
} from "./recordio-dataset.ts";
export {
  choosePairs,
  type EncodedPair,
  mostPairsPerFold,
  type VerificationPair,
  type VerificationPlan,
  writeVerificationBin,
} from "./verification.ts";
export { writeWebDatasetShard } from "./webdataset.ts";
