import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomStream } from "@hyperface/hypersphere";
import { createFileStore } from "@hyperface/storage";
import { encodeSet, normaliseRows, rowDot, rowOf } from "@hyperface/vectors";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createNearestFinder } from "./nearest.ts";

const home = await mkdtemp(join(tmpdir(), "nearest-"));
const store = createFileStore(home);
afterAll(() => rm(home, { recursive: true }));

const [dimension, count] = [16, 1000];
const model = { name: "toy", sha256: "0".repeat(64) };
const set = "packings/pak_0/set";
const unit = (purpose: string, n: number) =>
  normaliseRows(randomStream(1, purpose).gaussian(n * dimension), dimension);
const embeddings = unit("set", count);
const queries = unit("queries", 20);

beforeAll(async () => {
  // Twins in two blocks, and neighbours that float32 cannot tell apart.
  embeddings.copyWithin(700 * dimension, 40 * dimension, 41 * dimension);
  const near = embeddings.slice(40 * dimension, 41 * dimension);
  near[0] = (near[0] as number) + 2 ** -24;
  embeddings.set(near, 300 * dimension);
  queries.set(embeddings.subarray(40 * dimension, 41 * dimension), 0);
  queries.set(embeddings.subarray(40 * dimension, 41 * dimension), dimension);
  await store.put(set, encodeSet({ embeddings, dimension, model, maker: null }));
});

/** By a loop over every pair. */
function nearestOf(query: number, own?: number) {
  const rows = { data: queries, dimension };
  const all = { data: embeddings, dimension };
  let best = { index: -1, cosine: -Infinity };
  for (let index = 0; index < count; index++) {
    const cosine = rowDot(rows, query, all, index);
    if (index !== own && cosine > best.cosine) best = { index, cosine };
  }
  return best;
}

test.each([
  ["that are kept", 2 ** 20],
  ["of which some are read again", 4 * 16 * 300],
  ["that are all read again", 0],
])("in blocks %s the nearest are what a loop over every pair finds", async (_, keptBytes) => {
  const findNearest = createNearestFinder(store, { block: 128, keptBytes });
  const own = Array.from({ length: 20 }, (_, k) => (k === 0 ? 40 : k === 1 ? 700 : 37 * k));
  const asked = {
    set,
    queries: Array.from({ length: 20 }, (_, k) => rowOf(queries, dimension, k)),
  };
  for (let again = 0; again < 2; again++) {
    const { nearest } = await findNearest({ ...asked, own });
    expect(nearest).toEqual(own.map((each, k) => nearestOf(k, each)));
    expect((await findNearest(asked)).nearest).toEqual(own.map((_, k) => nearestOf(k)));
  }
});

test("a set of one has none beside it, and a query of another length is refused", async () => {
  const alone = "packings/pak_1/set";
  const one = embeddings.slice(0, dimension);
  await store.put(alone, encodeSet({ embeddings: one, dimension, model, maker: null }));
  const findNearest = createNearestFinder(store);
  expect(await findNearest({ set: alone, queries: [one], own: [0] })).toEqual({
    nearest: [null],
  });
  await expect(findNearest({ set: alone, queries: [Float32Array.of(1, 0)] })).rejects.toMatchObject(
    {
      code: "dimension-mismatch",
    },
  );
});
