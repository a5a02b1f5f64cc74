import { execFile } from "node:child_process";
import { appendFile, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { INDEX_NAME } from "./checksum-index.ts";
import { createFileStore, type FileStore } from "./file-store.ts";
import { openTestFileStore, type TestStore } from "./test-stores.ts";

const run = promisify(execFile);
let opened: TestStore & { folder: string };
let store: FileStore;
beforeEach(async () => {
  opened = await openTestFileStore();
  store = createFileStore(opened.folder);
});
afterEach(() => opened.close());

test("an object is a file at its key, and sha256sum verifies it", async () => {
  await store.put("sets/a.npy", Uint8Array.of(1, 2, 3));
  await store.putStream("sets/b.npy", (async function* () {})());
  await store.put("sets/c.npy", Uint8Array.of(4));
  await store.delete("sets/c.npy");
  expect([...(await readFile(join(opened.folder, "sets/a.npy")))]).toEqual([1, 2, 3]);
  const sets = join(opened.folder, "sets");
  expect(await readdir(sets)).toEqual([INDEX_NAME, "a.npy", "b.npy"]);
  const { stdout } = await run("sha256sum", ["-c", INDEX_NAME], { cwd: sets }).catch(
    // It reports the deleted c.npy, and verifies the others.
    (error) => error as { stdout: string },
  );
  expect(stdout).toMatch(/a\.npy: OK\nb\.npy: OK/);
});

test("unfinished files are no objects", async () => {
  await store.put("b/1", new Uint8Array(1));
  await writeFile(join(opened.folder, "b", ".unfinished"), "");
  expect(await store.list("b/")).toEqual(["b/1"]);
  expect(await createFileStore(join(opened.folder, "nothing")).list("")).toEqual([]);
});

test("a write that a crash cut off, at any step, leaves an object that is whole", async () => {
  await store.put("a/x", Uint8Array.of(1));
  // The line of a second write is there, its rename is not.
  await appendFile(join(opened.folder, "a", INDEX_NAME), `${"0".repeat(64)}  x\n`);
  expect([...(await store.get("a/x"))]).toEqual([1]);
  // A line of a third write was cut off, and the next one goes on.
  await appendFile(join(opened.folder, "a", INDEX_NAME), "0123456789");
  await store.put("a/y", Uint8Array.of(2));
  expect([...(await createFileStore(opened.folder).get("a/y"))]).toEqual([2]);
  expect([...(await createFileStore(opened.folder).get("a/x"))]).toEqual([1]);
});

test("two processes' stores in one folder see each other's writes", async () => {
  const other = createFileStore(opened.folder);
  for (let value = 0; value < 4; value++) {
    const [writer, reader] = value % 2 === 0 ? [store, other] : [other, store];
    await writer.put("a/x", Uint8Array.of(value));
    expect([...(await reader.get("a/x"))]).toEqual([value]);
  }
  const keys = Array.from({ length: 20 }, (_, k) => `b/${k}`);
  await Promise.all(keys.map((key, k) => (k % 2 ? store : other).put(key, Uint8Array.of(k))));
  for (const key of keys) expect([...(await store.get(key))]).toEqual([Number(key.slice(2))]);
});

test("an object without a checksum is not taken for whole, until it is adopted", async () => {
  await store.put("a/x", Uint8Array.of(1));
  await writeFile(join(opened.folder, "a", "by-hand"), "text");
  await expect(store.get("a/by-hand")).rejects.toMatchObject({ code: "damaged-object" });
  const verify = (...options: string[]) =>
    run(process.execPath, ["--import", "tsx", script, ...options], {
      env: { ...process.env, HYPERFACE_HOME: home, STORE_URL: undefined },
    }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error) => ({ code: error.code, stdout: error.stdout }),
    );
  const script = fileURLToPath(new URL("./verify-store.ts", import.meta.url));
  const home = join(opened.folder, "home");
  const inHome = createFileStore(join(home, "objects"));
  for (const key of ["a", "b/c"]) await inHome.put(key, Uint8Array.of(1, 2, 3));
  await writeFile(join(home, "objects", "by-hand"), "text");
  await truncate(join(home, "objects", "b/c"), 2);
  expect(await verify()).toEqual({ code: 1, stdout: "damaged\tb/c\nunrecorded\tby-hand\n" });
  await inHome.put("b/c", Uint8Array.of(4));
  expect(await verify("--adopt")).toEqual({ code: 0, stdout: "adopted\tby-hand\n" });
  expect(await verify()).toEqual({ code: 0, stdout: "" });
  expect(String(await inHome.get("by-hand"))).toBe("text");
});

test("a full disk says so, and leaves nothing half written", async (context) => {
  const script = `
    import { readdirSync } from "node:fs";
    import { createFileStore } from ${JSON.stringify(new URL("./file-store.ts", import.meta.url).href)};
    const store = createFileStore(process.argv[1]);
    await store.put("a/small", new Uint8Array(1000));
    const refused = await store.put("a/large", new Uint8Array(2e6)).catch((error) => error);
    const small = await store.get("a/small");
    console.log(JSON.stringify([refused.code, small.length, readdirSync(process.argv[1] + "/a")]));`;
  // A file system of a megabyte, in a namespace of its own.
  const mounted = 'mount -t tmpfs -o size=1m none "$1" && exec "$2" --import tsx -e "$3" "$1"';
  const command = ["-Urm", "sh", "-c", mounted, "sh", opened.folder, process.execPath, script];
  const able = await run("unshare", ["-Urm", "mount", "-t", "tmpfs", "none", opened.folder]).then(
    () => true,
    () => false,
  );
  if (!able) return context.skip("a small file system cannot be mounted here");
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const { stdout } = await run("unshare", command, { cwd });
  expect(JSON.parse(stdout)).toEqual(["storage-full", 1000, [INDEX_NAME, "small"]]);
});
