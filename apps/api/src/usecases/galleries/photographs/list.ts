import {
  HyperFaceError,
  type Page,
  type Photograph,
  type PhotographQuery,
} from "@hyperface/contracts";
import { and, asc, eq, gt, isNotNull, isNull } from "drizzle-orm";
import { fromCursor } from "../../../db/ids.ts";
import { pageFrom } from "../../../db/pages.ts";
import { galleryPhotographs } from "../../../db/schema.ts";
import type { Dependencies } from "../../../dependencies.ts";
import { findGallery } from "../get.ts";
import type { PhotographRow } from "./find.ts";

const { galleryId, position, row } = galleryPhotographs;

/**
 * A page of the files that a gallery was made of, in the archive's order; of one that is being made those that have been
 * looked at.
 * @throws HyperFaceError `not-found` where there is no such gallery, or it is of no photographs
 */
export async function listPhotographs(
  deps: Pick<Dependencies, "db">,
  id: string,
  { limit, cursor, faces }: PhotographQuery,
): Promise<Page<Photograph>> {
  const { source } = await findGallery(deps, id);
  if (source !== "photographs") {
    const detail = `gallery ${id} was made of no photographs: its source is ${source}`;
    throw new HyperFaceError("not-found", detail);
  }
  const rows = await deps.db
    .select()
    .from(galleryPhotographs)
    .where(
      and(
        eq(galleryId, id),
        cursor ? gt(position, Number(fromCursor(cursor, /^\d{1,9}$/))) : undefined,
        faces && (faces === "found" ? isNotNull(row) : isNull(row)),
      ),
    )
    .orderBy(asc(position))
    .limit(limit + 1);
  return pageFrom(rows, limit, { present, keyOf: (each) => String(each.position) });
}

const present = ({ file, sha256, row, quality, problem }: PhotographRow): Photograph => ({
  ...{ file, sha256, row, quality, problem },
});

/** The first file without a face; undefined where there is none. */
export async function findProblem({ db }: Pick<Dependencies, "db">, id: string) {
  const [first] = await db
    .select()
    .from(galleryPhotographs)
    .where(and(eq(galleryId, id), isNull(row)))
    .orderBy(asc(position))
    .limit(1);
  return first;
}
