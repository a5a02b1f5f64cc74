import { createHash } from "node:crypto";
import { type DatasetFile, HyperFaceError, type Page, type PageQuery } from "@hyperface/contracts";
import type { Put } from "@hyperface/exports";
import { and, asc, eq, gt, notLike } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { fromCursor } from "../../db/ids.ts";
import { pageFrom } from "../../db/pages.ts";
import { datasetFiles } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { forgetKey, reserveSliceKey } from "../../jobs/objects.ts";
import type { JobRow } from "../../jobs/slice.ts";
import { findDataset } from "./get.ts";

type FileRow = typeof datasetFiles.$inferSelect;

/** Files that a slice of a dataset writes: each under a key of its own, the dataset's when the slice is taken. */
export function createFileWriter(deps: Dependencies, job: JobRow) {
  const datasetId = job.resourceId;
  const files: FileRow[] = [];
  const put = async (name: string, bytes: AsyncIterable<Uint8Array>) => {
    const extension = /\.([a-z]+)$/.exec(name)?.[1] ?? "bin";
    const objectKey = await reserveSliceKey(deps.db, `datasets/${datasetId}/files`, job, extension);
    const hash = createHash("sha256");
    let length = 0;
    async function* measured() {
      for await (const chunk of bytes) {
        hash.update(chunk);
        length += chunk.length;
        yield chunk;
      }
    }
    await deps.store.putStream(objectKey, measured());
    files.push({ datasetId, name, objectKey, bytes: length, sha256: hash.digest("hex") });
  };
  return {
    files,
    /** Into a folder of the dataset. */
    into:
      (folder: string): Put =>
      (name, bytes) =>
        put(`${folder}/${name}`, bytes),
    put,
    async record(transaction: Database) {
      for (const file of files) {
        await transaction.insert(datasetFiles).values(file);
        await forgetKey(transaction, file.objectKey);
      }
    },
  };
}

/** Files that are joined at the end, and are no client's. */
export const HIDDEN = ".";

/** A page of a dataset's files, by name. @throws HyperFaceError `not-found` */
export async function listDatasetFiles(
  deps: Pick<Dependencies, "db">,
  id: string,
  { limit, cursor }: PageQuery,
): Promise<Page<DatasetFile>> {
  await findDataset(deps, id);
  const rows = await deps.db
    .select()
    .from(datasetFiles)
    .where(
      and(
        eq(datasetFiles.datasetId, id),
        notLike(datasetFiles.name, `${HIDDEN}%`),
        cursor ? gt(datasetFiles.name, fromCursor(cursor, /^[\w./-]+$/)) : undefined,
      ),
    )
    .orderBy(asc(datasetFiles.name))
    .limit(limit + 1);
  return pageFrom(rows, limit, {
    present: ({ name, bytes, sha256 }) => ({ name, bytes, sha256 }),
    keyOf: ({ name }) => name,
  });
}

/** Bytes of a file read at a time where only some are asked for. */
const CHUNK = 2 ** 22;

/** A file to be read whole or from `start` to `end - 1`. @throws HyperFaceError `not-found` */
export async function openDatasetFile(
  deps: Pick<Dependencies, "db" | "store">,
  id: string,
  name: string,
) {
  await findDataset(deps, id);
  const [file] = await deps.db
    .select()
    .from(datasetFiles)
    .where(and(eq(datasetFiles.datasetId, id), eq(datasetFiles.name, name)));
  if (!file || name.startsWith(HIDDEN)) {
    const where = `see GET /v1/datasets/${id}/files`;
    throw new HyperFaceError("not-found", `dataset ${id} has no file ${name}: ${where}`);
  }
  return {
    bytes: file.bytes,
    sha256: file.sha256,
    async *read(range?: { start: number; end: number }): AsyncGenerator<Uint8Array> {
      if (!range) {
        yield* deps.store.getStream(file.objectKey);
        return;
      }
      for (let at = range.start; at < range.end; at += CHUNK) {
        yield await deps.store.getRange(file.objectKey, at, Math.min(CHUNK, range.end - at));
      }
    },
  };
}
