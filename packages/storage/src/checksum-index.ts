import { open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Checksums of a file store: each folder has one file of them, `.sha256`, in the format of sha256sum, so that
 * objects stay files that anything reads and `sha256sum -c .sha256` verifies them without this project.
 *
 * It is only ever appended to, a line a write, before the object is renamed into its place: so an object that
 * can be seen has its line, through crashes and with several processes. Of an object that was written over all
 * lines count, since a crash may have come before the rename. A deleted object leaves a comment.
 */
export interface ChecksumIndex {
  /** Appends a file's checksum. */
  record(path: string, digest: string): Promise<void>;
  /** Appends that a file was deleted. */
  forget(path: string): Promise<void>;
  /** The checksums that a file may have; none where it was never recorded or is deleted. */
  digestsOf(path: string): Promise<readonly string[]>;
  /** Names in a folder that have checksums. */
  namesIn(folder: string): Promise<string[]>;
}

export const INDEX_NAME = ".sha256";
const LINE = /^([0-9a-f]{64}) {2}(.+)$/;
const DELETED = /^# deleted (.+)$/;
const MAX_FOLDERS = 1000;

/** What was read of a folder's index so far. */
interface Folder {
  read: number;
  digests: Map<string, string[]>;
}

export function createChecksumIndex(): ChecksumIndex {
  const folders = new Map<string, Folder>();

  async function append(folder: string, line: string): Promise<void> {
    const file = await open(join(folder, INDEX_NAME), "a+");
    try {
      // A line that a crash cut off ends here.
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
      const cut = bytesRead === 1 && buffer.toString() !== "\n";
      await file.write(`${cut ? "\n" : ""}${line}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** Reads on from where the last read of the folder's index ended. */
  async function load(folder: string): Promise<Folder["digests"]> {
    const file = await open(join(folder, INDEX_NAME)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
      throw error;
    });
    if (!file) {
      folders.delete(folder);
      return new Map();
    }
    try {
      const { size } = await file.stat();
      const before = folders.get(folder);
      const known = before && before.read <= size ? before : { read: 0, digests: new Map() };
      const { buffer, bytesRead } = await file.read({
        buffer: Buffer.alloc(size - known.read),
        position: known.read,
      });
      const whole = buffer.subarray(0, buffer.lastIndexOf("\n", bytesRead - 1) + 1);
      replay(known.digests, whole.toString());
      if (folders.size >= MAX_FOLDERS) folders.clear();
      folders.set(folder, { read: known.read + whole.length, digests: known.digests });
      return known.digests;
    } finally {
      await file.close();
    }
  }

  const digestsOf = async (path: string) => (await load(dirname(path))).get(basename(path)) ?? [];
  return {
    digestsOf,
    async record(path, digest) {
      if ((await digestsOf(path)).at(-1) === digest) return;
      await append(dirname(path), `${digest}  ${basename(path)}`);
    },
    forget: (path) => append(dirname(path), `# deleted ${basename(path)}`),
    namesIn: async (folder) => [...(await load(folder)).keys()],
  };
}

function replay(digests: Folder["digests"], text: string): void {
  for (const line of text.split("\n")) {
    const [, digest, name = ""] = LINE.exec(line) ?? [];
    if (digest) digests.set(name, [...(digests.get(name) ?? []), digest]);
    const deleted = DELETED.exec(line)?.[1];
    if (deleted) digests.delete(deleted);
  }
}
