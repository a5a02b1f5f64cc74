import { type Gallery, HyperFaceError } from "@hyperface/contracts";
import { setHead } from "@hyperface/vectors";
import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "../../../db/database.ts";
import { galleries, galleryPhotographs } from "../../../db/schema.ts";
import type { Dependencies } from "../../../dependencies.ts";
import { forgetKey, reserveSliceKey } from "../../../jobs/objects.ts";
import type { JobRow, Slice } from "../../../jobs/slice.ts";
import { findProblem } from "./list.ts";
import { type LookedAt, lookAt, nextBatch } from "./look.ts";
import { encodePart, readParts } from "./part.ts";
import { readAside } from "./put-aside.ts";

/** Progress is told at least this often, seconds. */
const REPORT_SECONDS = 2;

/** Where a gallery of photographs stands. */
const PhotographsState = z.object({
  /** Keys of the objects of files that are not all looked at; undefined where they are kept no longer. */
  photographs: z.array(z.string()).optional(),
  /** Files of the first of them that have been looked at. */
  at: z.int().default(0),
  /** Bytes of the faces that are kept so far. */
  faceBytes: z.int().default(0),
  /** Keys of what the slices so far found. */
  parts: z.array(z.string()).default([]),
});
type PhotographsState = z.infer<typeof PhotographsState>;

/**
 * Looks at the next photographs; when there are no more, the last slice joins what was found. What a slice has looked
 * at is needed by none after it, and deleted.
 * @throws HyperFaceError `no-face` where no file shows one; `conflict` where the files are gone
 */
export async function advancePhotographs(
  deps: Dependencies,
  gallery: Gallery,
  job: JobRow,
  signal: AbortSignal,
): Promise<Slice> {
  const state = PhotographsState.parse(job.state);
  const [first, ...later] = state.photographs ?? [];
  if (!state.photographs) {
    const detail = `the photographs of ${gallery.id} are kept no longer: send them anew`;
    throw new HyperFaceError("conflict", detail);
  }
  if (first === undefined) return joinGallery(deps, gallery, job, state);
  const files = await readAside(deps, first);
  const { seen, arithmetic } = await lookForSlice(deps, gallery, files.slice(state.at), signal);
  const part = await reserveSliceKey(deps.db, `galleries/${gallery.id}/parts`, job);
  await deps.store.put(part, encodePart(seen, gallery.dimension));
  const rows = toRows(gallery, seen, { position: job.completed, faceStart: state.faceBytes });
  const at = state.at + seen.length;
  const photographs = at === files.length ? later : [first, ...later];
  const parts = [...state.parts, part];
  const faceBytes = state.faceBytes + sum(rows.map((row) => row.faceBytes ?? 0));
  return {
    completed: job.completed + seen.length,
    done: false,
    state: { photographs, at: at === files.length ? 0 : at, faceBytes, parts },
    event: arithmetic.length > Math.max(1, gallery.arithmetic.length) ? { arithmetic } : {},
    needs: [...photographs, ...parts],
    async record(transaction: Database) {
      const count = gallery.count + rows.filter(({ row }) => row !== null).length;
      await transaction
        .update(galleries)
        .set({ count, arithmetic })
        .where(eq(galleries.id, gallery.id));
      await transaction.insert(galleryPhotographs).values(rows);
    },
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/** Batches until the slice's time is over, or would be with one more. */
async function lookForSlice(
  deps: Dependencies,
  gallery: Gallery,
  files: Awaited<ReturnType<typeof readAside>>,
  signal: AbortSignal,
) {
  const started = performance.now();
  const budget = Math.min(deps.sliceSeconds, REPORT_SECONDS) * 1000;
  const seen: LookedAt[] = [];
  const arithmetic = [...gallery.arithmetic];
  for (let batches = 1; ; batches++) {
    const looked = await lookAt(deps, gallery, nextBatch(files.slice(seen.length)), signal);
    seen.push(...looked.seen);
    if (looked.arithmetic && arithmetic.at(-1) !== looked.arithmetic) {
      arithmetic.push(looked.arithmetic);
    }
    const elapsed = performance.now() - started;
    if (seen.length === files.length || elapsed + elapsed / batches > budget) {
      return { seen, arithmetic };
    }
  }
}

/** What is told of each file, from the archive's file `position` on. */
function toRows(
  gallery: Gallery,
  seen: readonly LookedAt[],
  { position, faceStart }: { position: number; faceStart: number },
): (typeof galleryPhotographs.$inferInsert)[] {
  let [row, start] = [gallery.count, faceStart];
  return seen.map(({ name, sha256, face, problem }, k) => {
    const file = { galleryId: gallery.id, position: position + k, file: name, sha256 };
    if (!face) return { ...file, row: null, problem };
    const bytes = face.crop?.length;
    const kept = bytes === undefined ? {} : { faceStart: start, faceBytes: bytes };
    start += bytes ?? 0;
    return { ...file, row: row++, quality: face.quality.value, ...kept };
  });
}

async function joinGallery(
  deps: Dependencies,
  gallery: Gallery,
  job: JobRow,
  { parts }: PhotographsState,
): Promise<Slice> {
  const { id, count, dimension, model, arithmetic, photographs } = gallery;
  const { files = 0, keepsFaces } = photographs ?? {};
  if (count === 0) throw await noFace(deps, gallery, files);
  const maker = { photographs: { files }, arithmetic };
  const objectKey = await reserveSliceKey(deps.db, `galleries/${id}/sets`, job);
  await deps.store.putStream(
    objectKey,
    (async function* () {
      yield setHead({ count, dimension, model, maker });
      yield* readParts(deps, parts, "embeddings");
    })(),
  );
  const facesKey = keepsFaces
    ? await reserveSliceKey(deps.db, `galleries/${id}/faces`, job, "jpegs")
    : null;
  if (facesKey) await deps.store.putStream(facesKey, readParts(deps, parts, "faces"));
  return {
    ...{ completed: job.completed, done: true, event: {}, objectKey },
    state: { photographs: [], parts },
    needs: parts,
    async record(transaction: Database) {
      if (!facesKey) return;
      await forgetKey(transaction, facesKey);
      await transaction.update(galleries).set({ facesKey }).where(eq(galleries.id, id));
    },
  };
}

async function noFace(deps: Dependencies, { id }: Gallery, files: number) {
  const first = await findProblem(deps, id);
  const example = first ? `, of which ${first.file} ${first.problem}` : "";
  const where = `see GET /v1/galleries/${id}/photographs`;
  return new HyperFaceError("no-face", `none of ${files} files shows a face${example}: ${where}`);
}
