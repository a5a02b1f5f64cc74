import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PackingSliceRequest } from "@hyperface/contracts";
import { randomStream } from "@hyperface/hypersphere";
import { createFileStore, type ObjectStore } from "@hyperface/storage";
import { encodeSet, normaliseRows } from "@hyperface/vectors";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createSolverThreads } from "../threads/threads.ts";
import { advanceSlice } from "./advance.ts";
import { runSlice } from "./run.ts";
import { createWarmPackings } from "./warm.ts";

const dimension = 16;
const model = { name: "toy", sha256: "0".repeat(64) };
const MIB = 2 ** 20;
/** The shortest slice: one step. */
const STEP = 1e-9;

let home: string;
let files: ObjectStore;
let reads: string[];
let store: Pick<ObjectStore, "get" | "put" | "putStream">;
let near: Uint8Array;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "slices-"));
  files = createFileStore(join(home, "objects"));
  const embeddings = normaliseRows(randomStream(1, "test").gaussian(40 * dimension), dimension);
  near = encodeSet({ embeddings, dimension, model, maker: "test" });
  await files.put("galleries/gal_0/set", near);
});
afterAll(() => rm(home, { recursive: true }));
beforeEach(() => {
  reads = [];
  store = {
    put: files.put,
    putStream: files.putStream,
    get(key) {
      reads.push(key);
      return files.get(key);
    },
  };
});

let slices = 0;
const slice = (checkpointKey: string | null, over: object = {}) =>
  PackingSliceRequest.parse({
    spec: { count: 20, dimension, iterations: 12, ...over },
    model,
    near: "galleries/gal_0/set",
    checkpointKey,
    outputKey: `packings/pak_0/checkpoints-${++slices}`,
    resultKey: `packings/pak_0/results-${slices}`,
    budgetSeconds: STEP,
  });
async function expectWhole(key: string | null, over: object = {}) {
  const { spec } = slice(null, over);
  const sets = { near, start: null, extends: null, repel: null };
  const whole = await runSlice({ spec, model, sets, checkpoint: null, budgetSeconds: 60 });
  expect(Buffer.from(await files.get(key as string)).equals(whole.result as Uint8Array)).toBe(true);
}

test("a slice reads nothing that the last one had, and ends in the bits of one that is cold", async () => {
  const warm = createWarmPackings(MIB);
  let last = await advanceSlice({ store, warm }, slice(null));
  expect(reads).toEqual(["galleries/gal_0/set"]);
  while (!last.done) last = await advanceSlice({ store, warm }, slice(last.checkpointKey));
  expect(reads).toEqual(["galleries/gal_0/set"]);
  await expectWhole(last.resultKey);
});

test("another checkpoint than the last slice's is read: nothing of a slice that was not taken stays", async () => {
  const warm = createWarmPackings(MIB);
  const first = await advanceSlice({ store, warm }, slice(null));
  await advanceSlice({ store, warm }, slice(first.checkpointKey));
  let last = await advanceSlice({ store, warm }, slice(first.checkpointKey));
  expect(reads).toEqual(["galleries/gal_0/set", first.checkpointKey]);
  expect(last.metrics.iteration).toBe(2);
  while (!last.done) last = await advanceSlice({ store, warm }, slice(last.checkpointKey));
  await expectWhole(last.resultKey);
});

test("a slice that was given up writes nothing, and leaves nothing half done", async () => {
  const warm = createWarmPackings(MIB);
  const first = await advanceSlice({ store, warm }, slice(null));
  const stop = new Int32Array(new SharedArrayBuffer(4)).fill(1);
  const given = slice(first.checkpointKey);
  await expect(advanceSlice({ store, warm }, given, stop)).rejects.toMatchObject({
    code: "conflict",
  });
  expect(await files.exists(given.outputKey)).toBe(false);
  let last = await advanceSlice({ store, warm }, slice(first.checkpointKey));
  expect(last.metrics.iteration).toBe(2);
  while (!last.done) last = await advanceSlice({ store, warm }, slice(last.checkpointKey));
  await expectWhole(last.resultKey);
});

test("packings in turns all stay warm as far as they fit; else the newest does", async () => {
  for (const [limit, expected] of [
    [MIB, 2],
    [1, 4],
  ] as const) {
    reads = [];
    const warm = createWarmPackings(limit);
    const [a, b] = [
      await advanceSlice({ store, warm }, slice(null)),
      await advanceSlice({ store, warm }, slice(null, { seed: 1 })),
    ];
    // Its own, of the newest, is there in either case.
    const again = await advanceSlice({ store, warm }, slice(b.checkpointKey, { seed: 1 }));
    await advanceSlice({ store, warm }, slice(a.checkpointKey));
    expect(again.metrics.iteration).toBe(2);
    expect(reads).toHaveLength(expected);
  }
});

test("a thread gives what this one gives, bit for bit", async () => {
  const threads = createSolverThreads(1, { home });
  let last = await threads.advanceSlice(slice(null));
  while (!last.done) last = await threads.advanceSlice(slice(last.checkpointKey));
  await threads.close();
  await expectWhole(last.resultKey);
});
