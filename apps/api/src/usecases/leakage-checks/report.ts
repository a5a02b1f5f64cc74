import {
  type ComparisonResult,
  type LeakageCheck,
  type LeakageFigures,
  LeakageReport,
} from "@hyperface/contracts";
import { signReport } from "@hyperface/signed-reports";
import { and, asc, eq, like, or } from "drizzle-orm";
import { datasetFiles } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { findPhotographs, type PhotographRow } from "../galleries/photographs/find.ts";
import { readStoredJson } from "../stored-json.ts";
import { findReadyCheck } from "./get.ts";
import { readDatasetImages, readPictures } from "./pictures.ts";

/** A check's report, signed where there is a key, under `objectKey`. */
export async function writeReport(
  deps: Dependencies,
  { id, createdAt, set, reference, model, spec }: LeakageCheck,
  result: ComparisonResult,
  objectKey: string,
): Promise<LeakageReport> {
  const isDataset = set.startsWith("dat_");
  const top = await namePairs(deps, { set, reference }, result.top);
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

/** Pairs with what they were made of, as far as that is known. */
async function namePairs(
  deps: Dependencies,
  { set, reference }: { set: string; reference: string },
  top: ComparisonResult["top"],
): Promise<LeakageReport["top"]> {
  const indices = top.map(({ index }) => index);
  const references = top.map((pair) => pair.reference);
  const images = await readDatasetImages(deps, set, indices);
  const [own, others] = await Promise.all([
    findPhotographs(deps, set, indices),
    findPhotographs(deps, reference, references),
  ]);
  const named = (row: PhotographRow | undefined) =>
    row?.sha256 ? { file: row.file, sha256: row.sha256 } : undefined;
  return top.map((pair) => {
    const row = images.get(pair.index)?.row;
    const image = row && { key: row.key, sha256: row.sha256 };
    const photograph = named(own.get(pair.index));
    const referencePhotograph = named(others.get(pair.reference));
    return {
      ...pair,
      ...(image && { image }),
      ...(photograph && { photograph }),
      ...(referencePhotograph && { referencePhotograph }),
    };
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

/** Pairs of which a report's page has pictures. */
const SHEET_PAIRS = 48;

/**
 * A report with pictures of its nearest pairs: of a dataset its images, of a gallery of photographs the faces that it
 * keeps, of other sets none.
 * @throws HyperFaceError as {@link readReport}
 */
export async function readReportSheet(deps: Pick<Dependencies, "db" | "store">, id: string) {
  const report = await readReport(deps, id);
  const { set, reference } = report;
  const top = report.top.slice(0, SHEET_PAIRS);
  const [own, others] = await Promise.all([
    readPictures(
      deps,
      set,
      top.map(({ index }) => index),
    ),
    readPictures(
      deps,
      reference,
      top.map((pair) => pair.reference),
    ),
  ]);
  const pictures = top.map((pair) => ({
    own: own.get(pair.index),
    reference: others.get(pair.reference),
  }));
  return { report, pictures };
}
