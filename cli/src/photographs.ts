import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";
import { UsageError } from "./usage.ts";

/** The files among paths and in the folders among them, in order of their names. @throws UsageError where there are none */
export async function findFiles(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(filesAt));
  const files = found.flat();
  if (files.length === 0) throw new UsageError(`there is no file in ${paths.join(", ")}`);
  return files;
}

async function filesAt(path: string): Promise<string[]> {
  const about = await stat(path).catch((error: Error) => {
    throw new UsageError(`${path} cannot be read: ${error.message}`);
  });
  if (!about.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Files as a tar archive, read as it is sent: the same files give the same bytes. */
export function archiveOf(files: readonly string[]): ReadableStream<Uint8Array> {
  const archive = pack();
  addFiles(archive, files).catch((error: Error) => archive.destroy(error));
  return Readable.toWeb(Readable.from(archive)) as ReadableStream<Uint8Array>;
}

async function addFiles(archive: ReturnType<typeof pack>, files: readonly string[]) {
  for (const file of files) {
    const { size } = await stat(file);
    const header = { name: labelOf(file), size, mtime: new Date(0), mode: 0o644, uid: 0, gid: 0 };
    await pipeline(createReadStream(file), archive.entry(header));
  }
  archive.finalize();
}

/** As tar has it: without what leads out of the folder it is in. */
const labelOf = (file: string) => file.replace(/^(\.{0,2}\/)+/, "");
