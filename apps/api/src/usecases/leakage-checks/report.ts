import {
  type ComparisonResult,
  IMAGE_MEDIA_TYPES,
  type LeakageCheck,
  type LeakageFigures,
  LeakageReport,
} from "@hyperface/contracts";
import { signReport } from "@hyperface/signed-reports";
import { and, asc, eq, like, or } from "drizzle-orm";
import { datasetFiles } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { findDataset } from "../datasets/get.ts";
import type { ImageRow } from "../datasets/part.ts";
import { listParts, readImagesAt } from "../datasets/parts.ts";
import { readStoredJson } from "../stored-json.ts";
import { findReadyCheck } from "./get.ts";

/** A check's report, signed where there is a key, under `objectKey`. */
export async function writeReport(
  deps: Dependencies,
  { id, createdAt, set, reference, model, spec }: LeakageCheck,
  result: ComparisonResult,
  objectKey: string,
): Promise<LeakageReport> {
  const isDataset = set.startsWith("dat_");
  const top: LeakageReport["top"] = isDataset
    ? await nameImages(deps, set, result.top)
    : result.top;
  const near = top.slice(0, spec.exclude).flatMap(({ image }) => image?.key ?? []);
  const report = {
    format: "hyperface-leakage-report-1" as const,
    leakageCheck: id,
    ...{ createdAt, set, reference, model, spec },
    ...result,
    top,
    dataset: isDataset
      ? { id: set, files: await describingFiles(deps, set), excluded: [...new Set(near)].sort() }
      : null,
  };
  const signed = signReport(report, deps.signingKey);
  await deps.store.put(objectKey, Buffer.from(`${JSON.stringify(signed, null, 2)}\n`));
  return signed;
}

export const figuresOf = (report: LeakageReport): LeakageFigures => ({
  count: report.count,
  referenceCount: report.referenceCount,
  pairs: report.pairs,
  threshold: report.threshold,
  pairsAbove: report.pairsAbove,
  vectorsAbove: report.vectorsAbove,
  largestCosine: report.largestCosine,
  excluded: report.dataset?.excluded.length ?? 0,
  isSigned: report.signature !== null,
});

async function nameImages(deps: Dependencies, datasetId: string, top: ComparisonResult["top"]) {
  const parts = await listParts(deps, datasetId);
  const images = await readImagesAt(
    deps,
    parts,
    top.map(({ index }) => index),
  );
  return top.map((pair) => {
    const { key, sha256 } = (images.get(pair.index) as { row: ImageRow }).row;
    return { ...pair, image: { key, sha256 } };
  });
}

/** The files of a dataset that say what each image is. */
const describingFiles = ({ db }: Dependencies, datasetId: string) =>
  db
    .select({ name: datasetFiles.name, sha256: datasetFiles.sha256 })
    .from(datasetFiles)
    .where(
      and(
        eq(datasetFiles.datasetId, datasetId),
        or(like(datasetFiles.name, "manifest/%"), eq(datasetFiles.name, "dataset.json")),
      ),
    )
    .orderBy(asc(datasetFiles.name));

/** @throws HyperFaceError `not-found`, `not-ready`, `damaged-object` */
export async function readReport(
  deps: Pick<Dependencies, "db" | "store">,
  id: string,
): Promise<LeakageReport> {
  const { objectKey } = await findReadyCheck(deps, id);
  return readStoredJson(deps.store, objectKey, LeakageReport, `report of leakage check ${id}`);
}

/** Pictures of a report's page. */
const SHEET_IMAGES = 48;

/**
 * A report with the images of its nearest pairs, where what was checked is a dataset that there is still.
 * @throws HyperFaceError as {@link readReport}
 */
export async function readReportSheet(deps: Pick<Dependencies, "db" | "store">, id: string) {
  const report = await readReport(deps, id);
  if (!report.dataset) return { report, pictures: [], mediaType: IMAGE_MEDIA_TYPES.jpeg };
  const { spec } = await findDataset(deps, report.dataset.id);
  const indices = report.top.slice(0, SHEET_IMAGES).map(({ index }) => index);
  const images = await readImagesAt(deps, await listParts(deps, report.dataset.id), indices);
  return {
    report,
    pictures: indices.map((index) => (images.get(index) as { bytes: Uint8Array }).bytes),
    mediaType: IMAGE_MEDIA_TYPES[spec.imageFormat],
  };
}
