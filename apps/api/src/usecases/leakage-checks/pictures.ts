import type { Picture } from "@hyperface/certificate";
import { IMAGE_MEDIA_TYPES } from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { findDataset } from "../datasets/get.ts";
import { listParts, readImagesAt } from "../datasets/parts.ts";
import { readKeptFaces } from "../galleries/photographs/find.ts";

type Stored = Pick<Dependencies, "db" | "store">;

/** Images of a dataset by their numbers, with their rows; none of another set. */
export const readDatasetImages = async (
  deps: Stored,
  set: string,
  indices: readonly number[],
): ReturnType<typeof readImagesAt> =>
  set.startsWith("dat_") ? readImagesAt(deps, await listParts(deps, set), indices) : new Map();

/** What is kept of what some vectors of a set were made of, by their indices: aligned faces of a gallery. */
export async function readPictures(
  deps: Stored,
  set: string,
  indices: readonly number[],
): Promise<Map<number, Picture>> {
  if (!set.startsWith("dat_")) return readKeptFaces(deps, set, indices);
  const { spec } = await findDataset(deps, set);
  const mediaType = IMAGE_MEDIA_TYPES[spec.imageFormat];
  const images = await readDatasetImages(deps, set, indices);
  return new Map([...images].map(([index, { bytes }]) => [index, { bytes, mediaType }]));
}
