import { createHash } from "node:crypto";
import {
  type EmbeddedFace,
  type EmbedImagesResponse,
  type ErrorCode,
  type Gallery,
  HyperFaceError,
} from "@hyperface/contracts";
import type { Dependencies } from "../../../dependencies.ts";
import type { ArchivedFile } from "./archive.ts";

/** Photographs of one call, and bytes of theirs: a message of more is refused. */
const [BATCH, BATCH_BYTES] = [8, 48 * 2 ** 20];

/** Of the aligned faces that are kept. */
export const FACE_FORMAT = "jpeg";

/** What was seen in a file: its central face, or why there is none. */
export type LookedAt = { name: string; sha256: string | null } & (
  | { face: EmbeddedFace; problem?: undefined }
  | { face?: undefined; problem: string }
);

/** Refusals that are one file's, and none of the others' beside it. */
const OF_FILE = new Set<ErrorCode>(["unreadable-image", "image-too-large", "too-many-pixels"]);

/** The first of some files that are looked at in one call. */
export function nextBatch(files: readonly ArchivedFile[]): ArchivedFile[] {
  let bytes = 0;
  const end = files.slice(0, BATCH).findIndex((file, k) => {
    bytes += file.bytes?.length ?? 0;
    return k > 0 && bytes > BATCH_BYTES;
  });
  return files.slice(0, end < 0 ? BATCH : end);
}

/**
 * The central face of each file.
 * @returns what was seen, in the files' order, and the arithmetic it was computed with; undefined where nothing was
 * @throws HyperFaceError `model-mismatch` where the embedder was replaced; what is no fault of a file
 */
export async function lookAt(
  deps: Pick<Dependencies, "embed">,
  gallery: Gallery,
  files: readonly ArchivedFile[],
  signal: AbortSignal,
): Promise<{ seen: LookedAt[]; arithmetic: string | undefined }> {
  const readable = files.flatMap(({ bytes }) => bytes ?? []);
  const { faces, arithmetic } = await embed(deps, gallery, readable, signal);
  const seen = files.map(({ name, bytes, problem }): LookedAt => {
    if (!bytes) return { name, sha256: null, problem };
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const found = faces.shift() ?? "has no face that the detector finds";
    return typeof found === "string"
      ? { name, sha256, problem: found }
      : { name, sha256, face: found };
  });
  return { seen, arithmetic };
}

/** Faces, or why there is none: all in one call, and one by one where a file among them is refused. */
async function embed(
  deps: Pick<Dependencies, "embed">,
  gallery: Gallery,
  images: Uint8Array[],
  signal: AbortSignal,
): Promise<{ faces: (EmbeddedFace | string | undefined)[]; arithmetic: string | undefined }> {
  if (images.length === 0) return { faces: [], arithmetic: undefined };
  const options = gallery.photographs?.keepsFaces ? { crops: "true", cropFormat: FACE_FORMAT } : {};
  try {
    const answer = await deps.embed.embedFaces(images, gallery.model.name, signal, options);
    checkModel(gallery, answer);
    const faces = answer.images.map(({ faces: [face] }) => face);
    return { faces, arithmetic: answer.arithmetic };
  } catch (error) {
    if (!(error instanceof HyperFaceError && OF_FILE.has(error.code))) throw error;
    // It is called by its number among those sent.
    if (images.length === 1) {
      return { faces: [error.message.replace(/^image 0 /, "")], arithmetic: undefined };
    }
    const faces: (EmbeddedFace | string | undefined)[] = [];
    let arithmetic: string | undefined;
    for (const image of images) {
      const one = await embed(deps, gallery, [image], signal);
      faces.push(...one.faces);
      arithmetic ??= one.arithmetic;
    }
    return { faces, arithmetic };
  }
}

function checkModel({ model }: Gallery, answer: EmbedImagesResponse): void {
  if (answer.model.sha256 === model.sha256) return;
  throw new HyperFaceError(
    "model-mismatch",
    `embedder ${model.name} was replaced since this gallery was begun: create it anew`,
  );
}
