import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { HyperFaceError } from "@hyperface/contracts";
import { extract, type Header } from "tar-stream";

/** A file of an archive: its bytes, or why they are not taken. */
export type ArchivedFile = { name: string } & (
  | { bytes: Uint8Array; problem?: undefined }
  | { bytes?: undefined; problem: string }
);

export interface ArchiveLimits {
  /** Of the whole archive. */
  bytes: number;
  /** Files, and whatever else it names. */
  files: number;
}

/** Largest file that is taken: one alone fits into a message to the embedder. */
const MOST_FILE_BYTES = 48 * 2 ** 20;
/** Longest name that is kept. */
const MOST_NAME = 500;
/** An archive ends with two empty blocks. */
const END_BYTES = 1024;

/**
 * The files of a tar archive as it comes, one at a time in memory. A name is a label: nothing is opened, made or kept by
 * it, two files may share one, and what is no plain file is told and not followed. Folders are passed over.
 * @throws HyperFaceError `malformed-body` where it is damaged or ends early; `body-too-large`, `too-many-images`; what
 * `body` throws
 */
export async function* readArchive(
  body: AsyncIterable<Uint8Array>,
  limits: ArchiveLimits,
): AsyncGenerator<ArchivedFile> {
  const watched = watch(body, limits.bytes);
  const archive = extract();
  // What it fails of the archive fails of, and is thrown below.
  pipeline(Readable.from(watched.read()), archive).catch(() => {});
  try {
    let entries = 0;
    for await (const entry of archive) {
      entries += 1;
      if (entries > limits.files) {
        const detail = `the archive names more than ${limits.files} files: send fewer at a time`;
        throw new HyperFaceError("too-many-images", detail);
      }
      const file = await readEntry(entry);
      if (file) yield file;
    }
  } catch (cause) {
    throw watched.failure() ?? (cause instanceof HyperFaceError ? cause : damaged(cause as Error));
  } finally {
    archive.destroy();
  }
  if (!watched.isWhole()) throw damaged(new Error("its end is missing"));
}

const damaged = (cause: Error) =>
  new HyperFaceError(
    "malformed-body",
    `the body is no whole tar archive (${cause.message}): send what \`tar c\` writes, not compressed`,
    { cause },
  );

/** Passes bytes on, as many as there may be, and remembers how they ended. */
function watch(body: AsyncIterable<Uint8Array>, most: number) {
  let total = 0;
  let end = Buffer.alloc(0);
  let failure: unknown;
  return {
    async *read() {
      try {
        for await (const chunk of body) {
          total += chunk.length;
          if (total > most) throw tooLarge(most);
          end = Buffer.concat([end, chunk.subarray(-END_BYTES)]).subarray(-END_BYTES);
          yield chunk;
        }
      } catch (error) {
        failure = error;
        throw error;
      }
    },
    failure: () => failure,
    isWhole: () => end.length === END_BYTES && end.every((byte) => byte === 0),
  };
}

export const tooLarge = (most: number) =>
  new HyperFaceError(
    "body-too-large",
    `the archive exceeds ${Math.floor(most / 2 ** 20)} MiB: send fewer photographs at a time`,
  );

/** Undefined of a folder. */
async function readEntry(
  entry: AsyncIterable<unknown> & { header: Header },
): Promise<ArchivedFile | undefined> {
  const { type, size = 0 } = entry.header;
  const name = nameOf(entry.header.name);
  const isFile = type === "file" || type === "contiguous-file";
  if (!isFile || size > MOST_FILE_BYTES) {
    for await (const _bytes of entry);
    if (type === "directory") return undefined;
    const limit = `${MOST_FILE_BYTES / 2 ** 20} MiB`;
    const problem = isFile
      ? `has ${size} bytes, over ${limit}`
      : `is no file but a ${type ?? "thing of another kind"}`;
    return { name, problem };
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry) chunks.push(chunk as Uint8Array);
  if (size === 0) return { name, problem: "is empty" };
  const { buffer, byteOffset, byteLength } = Buffer.concat(chunks);
  return { name, bytes: new Uint8Array(buffer, byteOffset, byteLength) };
}

/** As databases and JSON keep it. */
const nameOf = (name: string) => name.replaceAll("\0", "\ufffd").slice(0, MOST_NAME).toWellFormed();
