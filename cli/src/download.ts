import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, stat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { DatasetFile } from "@hyperface/sdk";
import type { Session } from "./session.ts";

/**
 * A dataset's files into a folder, each compared with its hash. A file that is there is not fetched again, and one
 * that was cut off goes on from where it ends.
 * @returns their paths
 */
export async function downloadDataset(
  { hyperface: { datasets }, progress }: Session,
  id: string,
  folder: string,
): Promise<string[]> {
  const files: DatasetFile[] = [];
  for await (const file of datasets.files(id)) files.push(file);
  const bar = progress.start("download", files.length);
  const paths: string[] = [];
  for (const file of files) {
    const path = placeIn(folder, file.name);
    await mkdir(dirname(path), { recursive: true });
    if ((await hashOf(path)) !== file.sha256) {
      const read = (start: number) => datasets.file(id, file.name, start);
      await fetchFile(file, path, read);
    }
    bar.update(paths.push(path));
  }
  return paths;
}

/** A server's name leads nowhere but into the folder. */
function placeIn(folder: string, name: string): string {
  const path = resolve(folder, name);
  if (path.startsWith(resolve(folder) + sep)) return path;
  throw new Error(`the server names a file ${name}, which is not in the dataset's folder`);
}

async function fetchFile(
  { name, bytes, sha256 }: DatasetFile,
  path: string,
  read: (start: number) => Promise<ReadableStream<Uint8Array>>,
): Promise<void> {
  const part = `${path}.part`;
  const there = await stat(part).then(
    ({ size }) => size,
    () => 0,
  );
  const start = there < bytes ? there : 0;
  if (start < bytes) {
    const body = Readable.fromWeb((await read(start)) as Parameters<typeof Readable.fromWeb>[0]);
    await pipeline(body, createWriteStream(part, { flags: start > 0 ? "a" : "w" }));
  } else {
    await pipeline(Readable.from([]), createWriteStream(part));
  }
  const found = await hashOf(part);
  if (found !== sha256) {
    await rename(part, `${path}.damaged`);
    throw new Error(
      `${join(name)} came with sha256 ${found}, not ${sha256}: run the command again`,
    );
  }
  await rename(part, path);
}

async function hashOf(path: string): Promise<string | undefined> {
  const hash = createHash("sha256");
  try {
    await pipeline(
      createReadStream(path),
      new Transform({
        transform(chunk, _, done) {
          hash.update(chunk);
          done();
        },
      }),
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return hash.digest("hex");
}
