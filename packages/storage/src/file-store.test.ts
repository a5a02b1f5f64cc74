import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFileStore } from "./file-store.ts";
import type { ObjectStore } from "./object-store.ts";

let folder: string;
let store: ObjectStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "file-store-"));
  store = createFileStore(`${folder}/`);
});
afterEach(() => rm(folder, { recursive: true }));

test("gives back what was put, whole and in ranges", async () => {
  await store.put("packings/a/embeddings.npy", Uint8Array.of(1, 2, 3, 4, 5));
  await store.put("packings/a/embeddings.npy", Uint8Array.of(6, 7, 8, 9));
  expect([...(await store.get("packings/a/embeddings.npy"))]).toEqual([6, 7, 8, 9]);
  expect([...(await store.getRange("packings/a/embeddings.npy", 1, 2))]).toEqual([7, 8]);
  expect([...(await store.getRange("packings/a/embeddings.npy", 3, 9))]).toEqual([9]);
});

test("lists by prefix, in order, without unfinished files", async () => {
  for (const key of ["b/2", "b/1", "a/1"]) await store.put(key, new Uint8Array(1));
  await writeFile(join(folder, "b", ".unfinished"), "");
  expect(await store.list("b/")).toEqual(["b/1", "b/2"]);
  expect(await createFileStore(join(folder, "nothing")).list("")).toEqual([]);
});

test("says which object is not there", async () => {
  await expect(store.get("a/missing")).rejects.toMatchObject({ code: "not-found" });
  await expect(store.getRange("a/missing", 0, 1)).rejects.toMatchObject({ code: "not-found" });
  expect(await store.exists("a/missing")).toBe(false);
  await store.delete("a/missing");
});

test.each(["../a", "a/../../b", "/etc/passwd", "a//b", ".hidden", "a/.", "", "a\0b", "a\\..\\b"])(
  "refuses the key %j",
  async (key) => {
    await expect((async () => store.put(key, new Uint8Array(1)))()).rejects.toMatchObject({
      code: "invalid-request",
    });
    expect(await readdir(folder)).toEqual([]);
  },
);
