import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Damage, ObjectStore } from "./object-store.ts";
import { openTestFileStore, openTestS3Store, type TestStore, versitygw } from "./test-stores.ts";

if (!versitygw) {
  console.warn(
    "no versitygw in PATH or VERSITYGW: the S3 store is not tested. " +
      "go install github.com/versity/versitygw/cmd/versitygw@v1.8.0",
  );
}

async function damage(store: ObjectStore): Promise<Damage[]> {
  const found: Damage[] = [];
  for await (const each of store.findDamage()) found.push(each);
  return found;
}
const whole = async (stream: AsyncIterable<Uint8Array>) => {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
};
async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe.each([
  ["file store", openTestFileStore, true],
  ["S3 store", openTestS3Store, versitygw !== undefined],
] as const)("%s", (kind, open, available) => {
  let opened: TestStore;
  let store: ObjectStore;
  beforeAll(async () => {
    if (!available) return;
    opened = await open();
    store = opened.store;
  });
  afterAll(() => opened?.close());
  const check = test.skipIf(!available);

  check("gives back what was put, whole, streamed and in ranges", async () => {
    const key = "packings/a/embeddings.npy";
    await store.put(key, Uint8Array.of(1, 2, 3, 4, 5));
    await store.put(key, Uint8Array.of(6, 7, 8, 9));
    expect([...(await store.get(key))]).toEqual([6, 7, 8, 9]);
    expect([...(await whole(store.getStream(key)))]).toEqual([6, 7, 8, 9]);
    expect([...(await store.getRange(key, 1, 2))]).toEqual([7, 8]);
    expect([...(await store.getRange(key, 3, 9))]).toEqual([9]);
    expect([...(await store.getRange(key, 4, 9))]).toEqual([]);
    expect([...(await store.getRange(key, 0, 0))]).toEqual([]);
    expect(await store.size(key)).toBe(4);
    expect(await store.exists(key)).toBe(true);
    await store.put("empty", new Uint8Array(0));
    expect([...(await store.get("empty"))]).toEqual([]);
    expect(await store.size("empty")).toBe(0);
  });

  check("streams what need not fit into memory", async () => {
    const bytes = randomBytes(40_000_001);
    await store.putStream("exports/large", inPieces(bytes, 700_001));
    expect(await store.size("exports/large")).toBe(bytes.length);
    expect((await whole(store.getStream("exports/large"))).equals(bytes)).toBe(true);
    expect(
      bytes.subarray(17e6, 33e6).equals(await store.getRange("exports/large", 17e6, 16e6)),
    ).toBe(true);
    await store.putStream("exports/small", inPieces(bytes.subarray(0, 10), 3));
    expect(bytes.subarray(0, 10).equals(await store.get("exports/small"))).toBe(true);
    await store.delete("exports/large");
  });

  check("leaves nothing where a stream ends in an error, and what was there before", async () => {
    async function* broken() {
      yield new Uint8Array(20_000_000);
      throw new RangeError("the source broke");
    }
    await store.put("broken/before", Uint8Array.of(1));
    for (const key of ["broken/new", "broken/before"]) {
      await expect(store.putStream(key, broken())).rejects.toThrow("the source broke");
    }
    expect(await store.list("broken/")).toEqual(["broken/before"]);
    expect([...(await store.get("broken/before"))]).toEqual([1]);
  });

  check("puts where there is none, once", async () => {
    const put = (value: number) => store.putIfAbsent("once", Uint8Array.of(value));
    const results = await Promise.all([put(1), put(2), put(3)]);
    expect(results.filter(Boolean).length).toBe(1);
    expect([...(await store.get("once"))]).toEqual([1 + results.indexOf(true)]);
    expect(await put(4)).toBe(false);
    await store.delete("once");
    expect(await put(5)).toBe(true);
    expect([...(await store.get("once"))]).toEqual([5]);
  });

  check("lists by prefix, in order", async () => {
    for (const key of ["b/2", "b/1", "b/1-a", "b.c", "a/1"])
      await store.put(key, new Uint8Array(1));
    expect(await store.list("b/")).toEqual(["b/1", "b/1-a", "b/2"]);
    expect(await store.list("nothing/")).toEqual([]);
    expect(await store.list("")).toEqual(expect.arrayContaining(["a/1", "b.c", "b/1"]));
  });

  check("says which object is missing", async () => {
    const missing = { code: "missing-object", message: expect.stringContaining("a/missing") };
    await expect(store.get("a/missing")).rejects.toMatchObject(missing);
    await expect(whole(store.getStream("a/missing"))).rejects.toMatchObject(missing);
    await expect(store.getRange("a/missing", 0, 1)).rejects.toMatchObject(missing);
    await expect(store.size("a/missing")).rejects.toMatchObject(missing);
    expect(await store.exists("a/missing")).toBe(false);
    await store.delete("a/missing");
    await store.put("b/2", new Uint8Array(1));
    expect(await store.exists("b")).toBe(false);
    await expect(store.get("b")).rejects.toMatchObject({ code: "missing-object" });
    await expect(store.size("b")).rejects.toMatchObject({ code: "missing-object" });
  });

  check(
    "a turned bit and a lost object are found, by reading and by looking for them",
    async () => {
      expect(await damage(store)).toEqual([]);
      await store.put("damage/turned", randomBytes(1000));
      await store.putStream("damage/stream", inPieces(randomBytes(20_000_000), 1e6));
      await store.put("damage/kept", randomBytes(1000));
      for (const key of ["damage/turned", "damage/stream"]) {
        await opened.flipBit(key);
        const damaged = { code: "damaged-object", message: expect.stringContaining(key) };
        await expect(store.get(key)).rejects.toMatchObject(damaged);
        await expect(whole(store.getStream(key))).rejects.toMatchObject(damaged);
        await expect(store.getRange(key, 0, 1)).rejects.toMatchObject(damaged);
      }
      expect((await store.get("damage/kept")).length).toBe(1000);
      expect(await damage(store)).toEqual([
        { key: "damage/stream", kind: "damaged" },
        { key: "damage/turned", kind: "damaged" },
      ]);
      await store.put("damage/turned", Uint8Array.of(1));
      await store.delete("damage/stream");
      await opened.lose("damage/kept");
      await expect(store.get("damage/kept")).rejects.toMatchObject({ code: "missing-object" });
      expect(await damage(store)).toEqual(
        // Of what is gone a bucket has no trace.
        kind === "file store" ? [{ key: "damage/kept", kind: "missing" }] : [],
      );
      await store.delete("damage/kept");
    },
  );

  check.each([
    "../a",
    "a/../../b",
    "/etc/passwd",
    "a//b",
    ".hidden",
    "a/.",
    "",
    "a\0b",
    "a\\..\\b",
  ])("refuses the key %j", async (key) => {
    const before = await store.list("");
    await expect((async () => store.put(key, new Uint8Array(1)))()).rejects.toMatchObject({
      code: "invalid-request",
    });
    expect(await store.list("")).toEqual(before);
  });
});
