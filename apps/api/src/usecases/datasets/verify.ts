import { createHash } from "node:crypto";
import {
  type DatasetVerification,
  HyperFaceError,
  type VerifyDatasetRequest,
} from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { drawImages } from "./draw.ts";
import { findDataset } from "./get.ts";
import { listParts, readImagesAt } from "./parts.ts";
import { openRecipe } from "./recipe.ts";

/** Images drawn at a time. */
const BATCH = 16;

/**
 * Makes rows of a dataset's manifest again, and compares the files' hashes.
 * @throws HyperFaceError `not-found`, `not-ready`, `model-mismatch`, `damaged-object`
 */
export async function verifyDataset(
  deps: Dependencies,
  id: string,
  { first, count, step }: VerifyDatasetRequest,
  signal?: AbortSignal,
): Promise<DatasetVerification> {
  const dataset = await findDataset(deps, id);
  if (dataset.status !== "ready") {
    throw new HyperFaceError("not-ready", `dataset ${id} is ${dataset.status}`);
  }
  const last = Math.min(dataset.made, first + count * step);
  const indices = Array.from(
    { length: Math.max(0, Math.ceil((last - first) / step)) },
    (_, k) => first + k * step,
  );
  const kept = await readImagesAt(deps, await listParts(deps, id), indices);
  const rows = [...kept.values()].map(({ row }) => row);
  const recipe = await openRecipe(deps, dataset);
  const different: DatasetVerification["different"] = [];
  for (let from = 0; from < rows.length; from += BATCH) {
    const some = rows.slice(from, from + BATCH);
    const drawn = await drawImages(deps, recipe, some, signal ? { signal } : {});
    for (const [k, { key, sha256 }] of some.entries()) {
      const image = drawn[k];
      const found = image ? createHash("sha256").update(image.bytes).digest("hex") : null;
      if (found !== sha256) different.push({ key, expected: sha256, found });
    }
  }
  const checked = rows.length;
  const next = first + count * step < dataset.made ? first + count * step : null;
  return { checked, equal: checked - different.length, different, next };
}
