import { and, asc, eq, gte, lt } from "drizzle-orm";
import { datasetParts } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { decodePart, type ImageRow, type Part } from "./part.ts";

export type PartRow = typeof datasetParts.$inferSelect;

/** The parts of samples `start` to `end - 1` in order; of all where they are not given. */
export const listParts = (
  { db }: Pick<Dependencies, "db">,
  datasetId: string,
  { start = 0, end = Number.MAX_SAFE_INTEGER }: { start?: number; end?: number } = {},
): Promise<PartRow[]> =>
  db
    .select()
    .from(datasetParts)
    .where(
      and(
        eq(datasetParts.datasetId, datasetId),
        gte(datasetParts.start, start),
        lt(datasetParts.start, Math.min(end, 2 ** 31 - 1)),
      ),
    )
    .orderBy(asc(datasetParts.start));

/** @throws HyperFaceError `missing-object`, `damaged-object` */
export const readPart = async (
  { store }: Pick<Dependencies, "store">,
  { datasetId, start, objectKey }: PartRow,
): Promise<Part> =>
  decodePart(
    await store.get(objectKey),
    `the part of dataset ${datasetId} from sample ${start} on`,
  );

/** Images with their rows by their numbers, counted over all parts. */
export async function readImagesAt(
  deps: Pick<Dependencies, "store">,
  parts: readonly PartRow[],
  indices: readonly number[],
): Promise<Map<number, { row: ImageRow; bytes: Uint8Array }>> {
  const found = new Map<number, { row: ImageRow; bytes: Uint8Array }>();
  let before = 0;
  for (const part of parts) {
    const first = before;
    before += part.images;
    const own = indices.filter((index) => index >= first && index < first + part.images);
    if (own.length === 0) continue;
    const { rows, images } = await readPart(deps, part);
    for (const index of own) {
      const [row, bytes] = [rows[index - first] as ImageRow, images[index - first] as Uint8Array];
      found.set(index, { row, bytes });
    }
  }
  return found;
}
