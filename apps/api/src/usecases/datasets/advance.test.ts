import { CreateDatasetRequest } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { jobs } from "../../db/schema.ts";
import { recordSlice } from "../../jobs/record.ts";
import { SLICES } from "../../jobs/worker.ts";
import { useDependencies } from "../../test-dependencies.ts";
import { takeDue } from "../../test-jobs.ts";
import {
  type Behaviour,
  faceOf,
  GENERATOR,
  type Picture,
  readPicture,
  testServices,
} from "../../test-services.ts";
import { addPacking, axes } from "../../test-sets.ts";
import { createDataset } from "./create.ts";
import { listDatasetFiles, openDatasetFile } from "./files.ts";
import { findDataset } from "./get.ts";
import { verifyDataset } from "./verify.ts";

/** Every fifth sample shows no face, whatever the attempt. */
const look = ({ sample, embedding }: Picture) =>
  sample % 2 ** 20 === 4 ? [] : [faceOf(embedding)];
const behaviour: Behaviour = { look };
const gateway = useDependencies(testServices(behaviour));
const never = new AbortController().signal;
const FORMATS = ["webdataset", "folder", "recordio", "parquet"];

/** A dataset of 4 identities with 5 samples each, in slices of so many seconds. */
async function make(request: object, sliceSeconds = 60) {
  const deps = { ...gateway.deps, sliceSeconds };
  const body = {
    packingId: await addPacking(deps, { embeddings: axes(4) }),
    ...{ imagesPerIdentity: 5, maxAttempts: 2, ...request },
  };
  const { id } = await createDataset(deps, CreateDatasetRequest.parse(body), undefined);
  const made: number[] = [];
  for (let slices = 1; ; slices++) {
    const job = await takeDue(deps, "me");
    const slice = await SLICES.dataset(deps, job, never);
    expect(await recordSlice(deps.db, job, slice)).toBe(true);
    if (slice.completed !== undefined) made.push(slice.completed);
    const dataset = await findDataset(deps, id);
    if (dataset.status === "ready") return { id, made, slices, dataset };
  }
}

async function read(id: string, name: string, range?: { start: number; end: number }) {
  const file = await openDatasetFile(gateway.deps, id, name);
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.read(range)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test("samples are made in pieces of a shard, each shard is exported, then the whole is finished", async () => {
  const { id, made, slices, dataset } = await make({ imagesPerShard: 8, formats: FORMATS });
  expect(made).toEqual([8, 8, 4]);
  // The pieces were queued; each of three made, and exported; and the whole finished.
  expect(slices).toBe(8);
  expect(dataset).toMatchObject({ status: "ready", promised: 20, made: 16, missing: 4 });
  expect(dataset.attempts).toBe(16 + 4 * 2);
  const { data } = await listDatasetFiles(gateway.deps, id, { limit: 100 });
  const names = data.map(({ name }) => name);
  for (const shard of ["00000", "00001", "00002"]) {
    expect(names.filter((name) => name.includes(shard)).length).toBeGreaterThanOrEqual(4);
  }
  expect(names).toEqual(
    expect.arrayContaining(["dataset.json", "missing.jsonl", "recordio/train.rec"]),
  );
  // Parts of what is joined at the end are no client's.
  expect(names.filter((name) => name.startsWith("."))).toEqual([]);
});

test("the manifest says where the bytes of every image are", async () => {
  const { id } = await make({ imagesPerShard: 8, formats: ["webdataset", "recordio"] });
  const manifest = await listDatasetFiles(gateway.deps, id, { limit: 100 });
  let rows = 0;
  for (const { name } of manifest.data.filter(({ name }) => name.endsWith(".jsonl"))) {
    if (!name.startsWith("manifest/")) continue;
    for (const line of (await read(id, name)).toString().trim().split("\n")) {
      const row = JSON.parse(line);
      rows += 1;
      const inTar = row.webdataset;
      const range = { start: inTar.offset, end: inTar.offset + inTar.length };
      const bytes = await read(id, inTar.file, range);
      expect(bytes.length).toBe(row.bytes);
      const { offset, length, file } = row.recordio;
      expect(await read(id, file, { start: offset, end: offset + length })).toEqual(bytes);
      expect(readPicture(bytes)).toMatchObject({ identity: row.identity });
    }
  }
  expect(rows).toBe(16);
});

test("how it was sliced does not show in a byte of its files", async () => {
  const packingId = await addPacking(gateway.deps, { embeddings: axes(4) });
  const filesOf = async (sliceSeconds: number) => {
    const spread = { yaw: 1, deviation: { yaw: 1.5 } };
    const request = { packingId, imagesPerIdentity: 15, formats: FORMATS, ...spread };
    const { id, made } = await make(request, sliceSeconds);
    const { data } = await listDatasetFiles(gateway.deps, id, { limit: 100 });
    return { made, data };
  };
  const [whole, cut] = [await filesOf(60), await filesOf(0.000_001)];
  expect(whole.made).toEqual([60]);
  expect(cut.made.length).toBeGreaterThan(1);
  expect(cut.data).toEqual(whole.data);
});

test("images that are made again are the same, until the generator computes otherwise", async () => {
  const { id } = await make({ align: "none" });
  const all = { first: 0, count: 100, step: 1 };
  expect(await verifyDataset(gateway.deps, id, all)).toMatchObject({
    checked: 16,
    equal: 16,
    different: [],
    next: null,
  });
  const third = { first: 1, count: 3, step: 3 };
  expect(await verifyDataset(gateway.deps, id, third)).toMatchObject({ checked: 3, next: 10 });
  behaviour.look = ({ sample, embedding }) => (sample === 0 ? [] : [faceOf(embedding)]);
  const { different } = await verifyDataset(gateway.deps, id, all);
  expect(different.map(({ key, found }) => [key, found])).toEqual(
    [0, 1, 2, 3].map((identity) => [`000000${identity}-00000`, null]),
  );
  behaviour.look = look;
});

test("a generator that was replaced on the way is refused", async () => {
  const { id } = await make({});
  behaviour.generator = { ...GENERATOR, sha256: "3".repeat(64) };
  const verified = verifyDataset(gateway.deps, id, { first: 0, count: 1, step: 1 });
  await expect(verified).rejects.toMatchObject({ code: "model-mismatch" });
  delete behaviour.generator;
});

test("files that there are not are no one's, and what is not ready is not verified", async () => {
  const { deps } = gateway;
  const { id } = await make({});
  for (const name of ["none.tar", ".recordio/part-00000.rec"]) {
    await expect(openDatasetFile(deps, id, name)).rejects.toMatchObject({ code: "not-found" });
  }
  const packingId = await addPacking(deps);
  const body = CreateDatasetRequest.parse({ packingId });
  const pending = await createDataset(deps, body, undefined);
  const verified = verifyDataset(deps, pending.id, { first: 0, count: 1, step: 1 });
  await expect(verified).rejects.toMatchObject({ code: "not-ready" });
  await deps.db.update(jobs).set({ status: "cancelled" }).where(eq(jobs.resourceId, pending.id));
});
