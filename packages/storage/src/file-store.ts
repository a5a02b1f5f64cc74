import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, mkdir, open, readdir, readFile, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { createChecksumIndex } from "./checksum-index.ts";
import {
  checkKey,
  type Damage,
  damagedObject,
  damageOf,
  missingObject,
  nearlyFull,
  type ObjectStore,
  storageFull,
} from "./object-store.ts";
import { createVerifiedVersions } from "./verified-versions.ts";

export interface FileStore extends ObjectStore {
  /** Records the checksum of an object that has none, as it is now. */
  adopt(key: string): Promise<void>;
}

/** With less left than this the store says that it is nearly full: a checkpoint may need as much. */
const MIN_FREE_BYTES = 64 * 2 ** 20;

/** An object store in a folder; an object is a file at its key. Checksums: see ChecksumIndex. */
export function createFileStore(folder: string): FileStore {
  const root = resolve(folder);
  const path = (key: string) => join(root, checkKey(key));
  const checksums = createChecksumIndex();

  /** Writes beside the object's place, then has `place` put it there. */
  async function write<T>(
    key: string,
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    place: (temporary: string, target: string) => Promise<T>,
  ): Promise<T> {
    const target = path(key);
    // The dot keeps unfinished files out of `list`.
    const temporary = join(dirname(target), `.${randomUUID()}`);
    try {
      await mkdir(dirname(target), { recursive: true });
      await checksums.record(target, await writeWhole(temporary, bytes));
      return await place(temporary, target);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw code === "ENOSPC" || code === "EDQUOT" ? storageFull(key, error) : error;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async function verify(key: string, digest: string): Promise<void> {
    const known = await checksums.digestsOf(path(key));
    if (known.includes(digest)) return;
    // Deleted while it was read.
    if (!(await exists(key))) throw missingObject(key);
    if (known.length > 0) throw damagedObject(key);
    throw damagedObject(key, new Error("no checksum is recorded: see npm run verify-store"));
  }

  const exists = (key: string) =>
    stat(path(key)).then(
      (found) => found.isFile(),
      () => false,
    );

  async function* getStream(key: string): AsyncGenerator<Uint8Array> {
    const hash = createHash("sha256");
    try {
      for await (const bytes of createReadStream(path(key))) {
        hash.update(bytes);
        yield bytes;
      }
    } catch (error) {
      throwMissing(key, error);
    }
    await verify(key, hash.digest("hex"));
  }

  const verifyVersion = createVerifiedVersions(getStream);

  async function list(prefix: string): Promise<string[]> {
    return (await filesIn(root)).filter((name) => name.startsWith(prefix)).sort();
  }

  return {
    async ready() {
      await mkdir(root, { recursive: true });
      const { bavail, bsize } = await statfs(root);
      if (bavail * bsize < MIN_FREE_BYTES) throw nearlyFull(bavail * bsize);
    },
    exists,
    getStream,
    list,
    put: (key, bytes) => write(key, [bytes], rename),
    putStream: (key, bytes) => write(key, bytes, rename),
    putIfAbsent: async (key, bytes) =>
      !(await exists(key)) && write(key, [bytes], (from, to) => link(from, to).then(yes, ifThere)),
    async get(key) {
      const bytes = await readFile(path(key)).catch((error) => throwMissing(key, error));
      await verify(key, createHash("sha256").update(bytes).digest("hex"));
      return bytes;
    },
    async getRange(key, start, length) {
      const file = await open(path(key)).catch((error) => throwMissing(key, error));
      try {
        const { ino, mtimeNs, ctimeNs, size } = await file.stat({ bigint: true });
        await verifyVersion(key, [ino, mtimeNs, ctimeNs, size].join("-"));
        return await readRange(file, start, Math.min(length, Number(size) - start));
      } catch (error) {
        return throwMissing(key, error);
      } finally {
        await file.close();
      }
    },
    async size(key) {
      const found = await stat(path(key)).catch((error) => throwMissing(key, error));
      if (!found.isFile()) throw missingObject(key);
      return found.size;
    },
    async delete(key) {
      if (!(await exists(key))) return;
      await rm(path(key), { force: true });
      await checksums.forget(path(key));
    },
    temporaryUrl: async () => null,
    async *findDamage() {
      const keys = new Set(await list(""));
      for (const directory of await foldersIn(root)) {
        for (const name of await checksums.namesIn(directory)) {
          keys.add(join(directory, name).slice(root.length + 1));
        }
      }
      for (const key of [...keys].sort()) {
        const kind = await damageOf({ getStream }, key);
        if (kind) yield { key, kind: await orUnrecorded(key, kind) };
      }
    },
    async adopt(key) {
      const hash = createHash("sha256");
      for await (const bytes of createReadStream(path(key))) hash.update(bytes);
      await checksums.record(path(key), hash.digest("hex"));
    },
  };

  async function orUnrecorded(key: string, kind: Damage["kind"]): Promise<Damage["kind"]> {
    if (kind !== "damaged") return kind;
    return (await checksums.digestsOf(path(key))).length > 0 ? kind : "unrecorded";
  }
}

/** The sync makes a rename mean that the bytes are there. @returns their SHA-256 */
async function writeWhole(
  path: string,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path, "wx");
  try {
    for await (const chunk of bytes) {
      const written = file.writeFile(chunk);
      hash.update(chunk);
      await written;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

async function readRange(
  file: Awaited<ReturnType<typeof open>>,
  start: number,
  length: number,
): Promise<Uint8Array> {
  const buffer = new Uint8Array(Math.max(0, length));
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

const entriesIn = (root: string) =>
  readdir(root, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });

/** Keys of the objects under a folder. */
const filesIn = async (root: string) =>
  (await entriesIn(root))
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));

const foldersIn = async (root: string) => [
  root,
  ...(await entriesIn(root))
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name)),
];

const yes = () => true;
function ifThere(error: NodeJS.ErrnoException): boolean {
  if (error.code === "EEXIST") return false;
  throw error;
}

const NONE = new Set(["ENOENT", "EISDIR", "ENOTDIR"]);
function throwMissing(key: string, error: unknown): never {
  throw NONE.has((error as NodeJS.ErrnoException).code ?? "") ? missingObject(key, error) : error;
}
