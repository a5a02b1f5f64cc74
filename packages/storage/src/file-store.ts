import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { checkKey, type ObjectStore, objectNotFound } from "./object-store.ts";

/** An object store in a folder; an object is a file at its key. */
export function createFileStore(folder: string): ObjectStore {
  const root = resolve(folder);
  const path = (key: string) => join(root, checkKey(key));

  return {
    async put(key, bytes) {
      const target = path(key);
      await mkdir(dirname(target), { recursive: true });
      // The dot keeps unfinished files out of `list`; the sync makes the rename mean the bytes are there.
      const temporary = join(dirname(target), `.${randomUUID()}`);
      try {
        const file = await open(temporary, "wx");
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, target);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
    get: (key) => readFile(path(key)).catch(missing(key)),
    async getRange(key, start, length) {
      const file = await open(path(key)).catch(missing(key));
      try {
        const buffer = new Uint8Array(length);
        let filled = 0;
        while (filled < length) {
          const { bytesRead } = await file.read(buffer, filled, length - filled, start + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return buffer.subarray(0, filled);
      } finally {
        await file.close();
      }
    },
    exists: (key) =>
      stat(path(key)).then(
        () => true,
        () => false,
      ),
    delete: (key) => rm(path(key), { force: true }),
    async list(prefix) {
      const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
      return entries
        .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
        .filter((key) => key.startsWith(prefix))
        .sort();
    },
  };
}

function missing(key: string) {
  return (error: NodeJS.ErrnoException): never => {
    throw error.code === "ENOENT" || error.code === "EISDIR" ? objectNotFound(key) : error;
  };
}
