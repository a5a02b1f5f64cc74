import type { CreateDatasetRequest, DatasetEstimate } from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { resolveDataset } from "./create.ts";
import { placedFormats, toExportImage, WRITERS } from "./export.ts";
import { samplesOf } from "./get.ts";
import { makeForSlice, toPart } from "./make.ts";
import { encodePart } from "./part.ts";
import { openRecipe, type Recipe } from "./recipe.ts";

/** Samples made to load what is loaded once, and then to be measured. */
const WARM = 4;
const MEASURED = 24;

/**
 * What a dataset would take: its first images are made, exported to nowhere, and measured.
 * @throws HyperFaceError as creating it would
 */
export async function estimateDataset(
  deps: Dependencies,
  request: CreateDatasetRequest,
  signal: AbortSignal,
): Promise<DatasetEstimate> {
  const { spec } = await resolveDataset(deps, request);
  const recipe = await openRecipe(deps, { packingId: request.packingId, spec });
  const measured = await measureRecipe(deps, recipe, signal);
  const images = samplesOf(spec);
  return {
    identities: spec.identities.to - spec.identities.from,
    images,
    bytes: Math.round(images * measured.bytesPerImage),
    storedBytes: Math.round(images * measured.storedBytesPerImage),
    seconds: images / measured.imagesPerSecond,
    imagesPerSecond: measured.imagesPerSecond,
    measuredImages: measured.images,
    missingShare: measured.missingShare,
  };
}

/** What the first images of a recipe take, each on average; one that is missing counts as one. */
export async function measureRecipe(deps: Dependencies, recipe: Recipe, signal: AbortSignal) {
  const { spec } = recipe;
  const total = samplesOf(spec);
  const sample = (end: number) =>
    makeForSlice(deps, recipe, { start: 0, end: Math.min(total, end) }, signal);
  await sample(WARM);
  const started = performance.now();
  const { outcomes } = await sample(MEASURED);
  const part = toPart(outcomes, recipe.packing.dimension);
  const images = part.rows.map((row, k) => toExportImage(spec, row, part.images[k] as Uint8Array));
  let stored = encodePart(part, recipe.packing.model).length;
  const count = async (_: string, bytes: AsyncIterable<Uint8Array>) => {
    for await (const chunk of bytes) stored += chunk.length;
  };
  for (const format of placedFormats(spec)) await WRITERS[format](images, count, 0, 0);
  const measured = outcomes.length;
  return {
    images: measured,
    imagesPerSecond: (1000 * measured) / (performance.now() - started),
    bytesPerImage: part.rows.reduce((sum, row) => sum + row.bytes, 0) / measured,
    storedBytesPerImage: stored / measured,
    missingShare: part.missing.length / measured,
  };
}
