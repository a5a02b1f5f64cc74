import type { Dataset, DatasetCertificate, ImageFormat } from "@hyperface/contracts";
import { cosineBounds } from "@hyperface/hypersphere";
import { and, desc, eq } from "drizzle-orm";
import { leakageChecks } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { findPacking } from "../packings/get.ts";
import { findFigures } from "./figures.ts";
import { findDataset, samplesOf } from "./get.ts";
import { listParts, readImagesAt } from "./parts.ts";

/** Rows of the sheet, identities; and images of each. */
const [SHEET_ROWS, SHEET_IMAGES] = [8, 8];

/** Some of the images, an identity a row. */
export type Sheet = { identity: number; images: Uint8Array[] }[];

/**
 * What a finished dataset is worth: figures that are computed once, and the leakage checks there are now.
 * @throws HyperFaceError `not-found`, `not-ready`, `damaged-object`, `service-unavailable`
 */
export async function getDatasetCertificate(
  deps: Dependencies,
  id: string,
  signal?: AbortSignal,
): Promise<{
  certificate: DatasetCertificate;
  imageFormat: ImageFormat;
  readSheet: () => Promise<Sheet>;
}> {
  const dataset = await findDataset(deps, id);
  const { spec, generator, model, made, attempts } = dataset;
  const identities = spec.identities.to - spec.identities.from;
  const { counts, drawn, images, separation } = await findFigures(deps, dataset, signal);
  const certificate: DatasetCertificate = {
    ...{ dataset: id, spec, generator, model, identities, promised: samplesOf(spec), made },
    attemptsPerImage: made > 0 ? attempts / made : null,
    drawn: {
      ...{ draw: spec.draw, cosine: drawn.cosine },
      farthest: drawn.farthest === null ? null : spec.identities.from + drawn.farthest,
    },
    ...{ images, separation },
    packing: await describePacking(deps, dataset.packingId),
    leakage: await listLeakage(deps, id),
  };
  const { imageFormat } = spec;
  return { certificate, imageFormat, readSheet: () => readSheet(deps, dataset, counts) };
}

async function describePacking(
  deps: Dependencies,
  packingId: string,
): Promise<DatasetCertificate["packing"]> {
  const { count, dimension, metrics } = await findPacking(deps, packingId);
  const bounds = cosineBounds(count, dimension);
  return { id: packingId, maxCosine: metrics?.maxCosine ?? null, bounds };
}

async function listLeakage({ db }: Dependencies, id: string) {
  const rows = await db
    .select()
    .from(leakageChecks)
    .where(and(eq(leakageChecks.set, id), eq(leakageChecks.status, "ready")))
    .orderBy(desc(leakageChecks.id));
  return rows.flatMap(({ id: leakageCheck, reference, figures }) => {
    if (!figures) return [];
    const { threshold, largestCosine, vectorsAbove } = figures;
    return [{ leakageCheck, reference, threshold, largestCosine, vectorsAbove }];
  });
}

/** The first images of identities that are spread evenly over those that have any. */
async function readSheet(deps: Dependencies, { id, spec }: Dataset, counts: number[]) {
  let next = 0;
  const all = counts.map((count, label) => {
    const first = next;
    next += count;
    return { identity: spec.identities.from + label, first, count };
  });
  const seen = all.filter(({ count }) => count > 0);
  const length = Math.min(SHEET_ROWS, seen.length);
  const chosen = Array.from({ length }, (_, k) => {
    const { identity, first, count } = seen[
      Math.floor((k * seen.length) / length)
    ] as (typeof all)[number];
    const own = Math.min(SHEET_IMAGES, count);
    return { identity, indices: Array.from({ length: own }, (__, i) => first + i) };
  });
  const images = await readImagesAt(
    deps,
    await listParts(deps, id),
    chosen.flatMap(({ indices }) => indices),
  );
  return chosen.map(({ identity, indices }) => ({
    identity,
    images: indices.map((index) => (images.get(index) as { bytes: Uint8Array }).bytes),
  }));
}
