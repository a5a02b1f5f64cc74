import { IMAGE_MEDIA_TYPES } from "@hyperface/contracts";
import { and, eq, inArray } from "drizzle-orm";
import { galleries, galleryPhotographs } from "../../../db/schema.ts";
import type { Dependencies } from "../../../dependencies.ts";
import { FACE_FORMAT } from "./look.ts";

export type PhotographRow = typeof galleryPhotographs.$inferSelect;

/** The files of some rows of a set, by row; none of what is no gallery of photographs. */
export async function findPhotographs(
  { db }: Pick<Dependencies, "db">,
  id: string,
  rows: readonly number[],
): Promise<Map<number, PhotographRow>> {
  const found = await db
    .select()
    .from(galleryPhotographs)
    .where(and(eq(galleryPhotographs.galleryId, id), inArray(galleryPhotographs.row, [...rows])));
  return new Map(found.map((each) => [each.row as number, each]));
}

/** The aligned faces of some rows of a set, by row, where they are kept. @throws HyperFaceError `missing-object` */
export async function readKeptFaces(
  deps: Pick<Dependencies, "db" | "store">,
  id: string,
  rows: readonly number[],
): Promise<Map<number, { bytes: Uint8Array; mediaType: string }>> {
  const [gallery] = await deps.db.select().from(galleries).where(eq(galleries.id, id));
  const key = gallery?.facesKey;
  if (!key) return new Map();
  const found = await findPhotographs(deps, id, rows);
  const faces = [...found].map(async ([row, { faceStart, faceBytes }]) => {
    const bytes = await deps.store.getRange(key, faceStart ?? 0, faceBytes ?? 0);
    return [row, { bytes, mediaType: IMAGE_MEDIA_TYPES[FACE_FORMAT] }] as const;
  });
  return new Map(await Promise.all(faces));
}
