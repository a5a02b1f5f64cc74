import type { ExportFormat } from "@hyperface/contracts";
import type { ManifestColumns, ManifestRow, Place } from "@hyperface/exports";
import type { ImageRow } from "./part.ts";

/** Exports that hold each image once. */
export type PlacedFormat = Exclude<ExportFormat, "verification">;

/** Where an image is in an export of the finished dataset. */
export type PlaceInDataset = Omit<Place, "key">;

const COLUMNS = {
  key: "string",
  identity: "integer",
  label: "integer",
  sample: "integer",
  drawn: "integer",
  attempts: "integer",
  sha256: "string",
  bytes: "integer",
  beta: "number",
  seed: "integer",
  generator: "string",
  generatorSha256: "string",
  arithmetic: "string",
  embedder: "string",
  embedderSha256: "string",
  similarity: "number",
  drawnSimilarity: "number",
  nearestOther: "integer",
  nearestOtherSimilarity: "number",
  forbiddenNearest: "integer",
  forbiddenSimilarity: "number",
  quality: "number",
  detectionScore: "number",
  landmarks: "json",
  yaw: "number",
  pitch: "number",
  roll: "number",
  provenance: "json",
} as const satisfies ManifestColumns;

/** The manifest's columns: a place in each export comes last. */
export const manifestColumns = (formats: readonly PlacedFormat[]): ManifestColumns => ({
  ...COLUMNS,
  ...Object.fromEntries(formats.map((format) => [format, "json" as const])),
});

/** An image's row of the manifest. @param places where it is in each export, by the export's name */
export function manifestRow(
  { provenance, ...row }: ImageRow,
  places: Readonly<Record<string, PlaceInDataset>>,
): ManifestRow {
  const { beta, seed, generator, embedder, arithmetic } = provenance;
  return {
    ...row,
    beta,
    seed,
    generator: generator.name,
    generatorSha256: generator.sha256,
    arithmetic,
    embedder: embedder.name,
    embedderSha256: embedder.sha256,
    provenance,
    ...places,
  };
}
