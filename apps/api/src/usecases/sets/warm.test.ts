import { randomStream } from "@hyperface/hypersphere";
import { encodeSet, normaliseRows } from "@hyperface/vectors";
import { expect, test } from "vitest";
import type { ReadySet } from "./find.ts";
import { createWarmSets } from "./warm.ts";

const model = { name: "mobilefacenet-512", sha256: "0".repeat(64) };
const [count, dimension] = [4, 8];
const set = (objectKey: string) => {
  return { id: objectKey, kind: "gallery", count, dimension, objectKey } as ReadySet;
};
const rowsOf = (key: string) =>
  normaliseRows(randomStream(1, key).gaussian(count * dimension), dimension);

/** A store that counts how often each object is read. */
function createCountingStore() {
  const reads: string[] = [];
  const get = async (key: string) => {
    reads.push(key);
    if (key === "away" && reads.length < 2) throw new Error("away");
    return encodeSet({ embeddings: rowsOf(key), dimension, model, maker: null });
  };
  return { reads, get };
}

test("a set in use is read once, and what was used longest ago goes where all do not fit", async () => {
  const store = createCountingStore();
  const { read } = createWarmSets(store, { limit: 2 * 4 * count * dimension });
  const [first] = await Promise.all([read(set("a")), read(set("a"))]);
  expect(first).toEqual(rowsOf("a"));
  await read(set("b"));
  await read(set("a"));
  await read(set("c"));
  expect(store.reads).toEqual(["a", "b", "c"]);
  await read(set("a"));
  expect(await read(set("b"))).toEqual(rowsOf("b"));
  expect(store.reads).toEqual(["a", "b", "c", "b"]);
});

test("what could not be read is read again, and nothing is kept of what is not used", async () => {
  const store = createCountingStore();
  const { read } = createWarmSets(store, { idle: 1 });
  await expect(read(set("away"))).rejects.toThrow("away");
  expect(await read(set("away"))).toEqual(rowsOf("away"));
  await new Promise((done) => setTimeout(done, 20));
  await read(set("away"));
  expect(store.reads).toHaveLength(3);
});
