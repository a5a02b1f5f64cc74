import { CreateDatasetRequest, HyperFaceError, ServiceAway } from "@hyperface/contracts";
import { asc, eq, isNull } from "drizzle-orm";
import { expect, test } from "vitest";
import { datasetParts, jobs } from "../../db/schema.ts";
import { claimJob } from "../../jobs/claim.ts";
import { recordFailure, recordSlice } from "../../jobs/record.ts";
import type { JobRow, Slice } from "../../jobs/slice.ts";
import { useDependencies } from "../../test-dependencies.ts";
import { takeDue } from "../../test-jobs.ts";
import { testServices } from "../../test-services.ts";
import { addPacking, axes } from "../../test-sets.ts";
import { cancelJob } from "../jobs/cancel.ts";
import { findJob } from "../jobs/get.ts";
import { retryJob } from "../jobs/retry.ts";
import { advanceDataset } from "./advance.ts";
import { createDataset } from "./create.ts";
import { listDatasetFiles } from "./files.ts";
import { findDataset } from "./get.ts";

const gateway = useDependencies(testServices());
const never = new AbortController().signal;

/** A dataset of 4 identities with 4 samples each, in two shards, that nobody has begun. */
async function begin(packingId: string) {
  const recipe = { imagesPerIdentity: 4, imagesPerShard: 8, formats: ["webdataset", "recordio"] };
  const body = CreateDatasetRequest.parse({ packingId, ...recipe });
  const { id } = await createDataset(gateway.deps, body, undefined);
  return id;
}

/** As if no worker had said for long that it is alive. */
const take = (worker: string) => takeDue(gateway.deps, worker);
const advance = (job: JobRow) => advanceDataset(gateway.deps, job, never);
const record = async (job: JobRow) => recordSlice(gateway.deps.db, job, await advance(job));

const filesOf = async (id: string) =>
  (await listDatasetFiles(gateway.deps, id, { limit: 100 })).data.map(({ name, sha256 }) => [
    name,
    sha256,
  ]);

/** The next piece, beside one that another worker has. */
async function takeNext(worker: string): Promise<JobRow> {
  const later = new Date(Date.now() + 3_600_000);
  await gateway.deps.db.update(jobs).set({ dueAt: later }).where(isNull(jobs.parentId));
  return (await claimJob(gateway.deps.db, worker)) as JobRow;
}

/** Makes a dataset to its end, alone. */
async function finish(id: string) {
  while ((await findDataset(gateway.deps, id)).status === "pending") await record(await take("a"));
}
const partsOf = async (id: string) => {
  const { datasetId, start } = datasetParts;
  const parts = gateway.deps.db.select().from(datasetParts).where(eq(datasetId, id));
  return (await parts.orderBy(asc(start))).map((part) => [part.start, part.samples]);
};

test("of two workers on one piece one is taken, and nothing is there twice", async () => {
  const packingId = await addPacking(gateway.deps, { embeddings: axes(4) });
  const alone = await begin(packingId);
  await finish(alone);
  const shared = await begin(packingId);
  while ((await findDataset(gateway.deps, shared)).status === "pending") {
    // The second takes what the first has: its lease ended.
    const first = await take("a");
    const second = { ...first, claimedBy: "b" };
    await gateway.deps.db.update(jobs).set({ claimedBy: "b" }).where(eq(jobs.id, first.id));
    const [slow, quick] = await Promise.all([advance(first), advance(second)]);
    expect(await recordSlice(gateway.deps.db, second, quick)).toBe(true);
    expect(await recordSlice(gateway.deps.db, first, slow)).toBe(false);
  }
  expect(await partsOf(shared)).toEqual([
    [0, 8],
    [8, 8],
  ]);
  expect(await findDataset(gateway.deps, shared)).toMatchObject({ made: 16, missing: 0 });
  expect(await filesOf(shared)).toEqual(await filesOf(alone));
});

test("workers have a piece each, and what they come to is as by one", async () => {
  const { db } = gateway.deps;
  const packingId = await addPacking(gateway.deps, { embeddings: axes(4) });
  const [alone, shared] = [await begin(packingId), await begin(packingId)];
  const { jobId } = await findDataset(gateway.deps, shared);
  await db.update(jobs).set({ status: "cancelled" }).where(eq(jobs.resourceId, shared));
  await finish(alone);
  await db.update(jobs).set({ status: "queued" }).where(eq(jobs.resourceId, shared));
  await record(await take("a"));
  const [first, second] = [await take("a"), await takeNext("b")];
  expect([first, second].map(({ state, parentId }) => [state, parentId])).toEqual([
    [{ start: 0, end: 8 }, jobId],
    [{ start: 8, end: 16 }, jobId],
  ]);
  const slices = await Promise.all([advance(first), advance(second)]);
  // The later one first.
  expect(await recordSlice(db, second, slices[1])).toBe(true);
  expect(await findJob(gateway.deps, jobId)).toMatchObject({ completed: 8, total: 16 });
  expect(await recordSlice(db, first, slices[0])).toBe(true);
  expect(await findDataset(gateway.deps, shared)).toMatchObject({ made: 16, attempts: 16 });
  await expect(findJob(gateway.deps, first.id)).rejects.toMatchObject({ code: "not-found" });
  await finish(shared);
  expect(await filesOf(shared)).toEqual(await filesOf(alone));
});

test("pieces of a dataset that was cancelled are nobody's, and those of one that failed are made again", async () => {
  const { deps } = gateway;
  const id = await begin(await addPacking(deps, { embeddings: axes(4) }));
  const { jobId } = await findDataset(deps, id);
  await record(await take("a"));
  const first = await take("a");
  const second = await takeNext("b");
  const slices = [await advance(first), await advance(second)];
  expect(await recordSlice(deps.db, first, slices[0] as Slice)).toBe(true);
  const failure = new HyperFaceError("no-face", "none");
  expect(await recordFailure(deps.db, second, failure)).toBe("failed");
  expect(await findJob(deps, jobId)).toMatchObject({ status: "failed", error: { detail: "none" } });
  expect(await recordSlice(deps.db, second, slices[1] as Slice)).toBe(false);
  expect(await deps.db.$count(jobs, eq(jobs.parentId, jobId))).toBe(0);

  await retryJob(deps, jobId);
  // The first shard is exported, then what is missing is queued.
  for (let slice = 0; slice < 2; slice++) await record(await take("a"));
  const again = await take("a");
  expect(again.state).toEqual({ start: 8, end: 16 });
  await cancelJob(deps, jobId);
  expect(await recordSlice(deps.db, again, await advance(again))).toBe(false);
  expect(await partsOf(id)).toEqual([]);
});

test("one that waits for a service says so of the whole", async () => {
  const { deps } = gateway;
  const id = await begin(await addPacking(deps, { embeddings: axes(4) }));
  const { jobId } = await findDataset(deps, id);
  await record(await take("a"));
  const piece = await take("a");
  expect(await recordFailure(deps.db, piece, new ServiceAway("embed-svc", undefined))).toBe(
    "waits",
  );
  expect((await findJob(deps, jobId)).waiting).toMatchObject({ service: "embed-svc" });
  const later = await take("a");
  expect(await recordSlice(deps.db, later, await advance(later))).toBe(true);
  expect((await findJob(deps, jobId)).waiting).toBeNull();
  await cancelJob(deps, jobId);
});

test("a part that is not as it was written fails its job, which says which", async () => {
  const { deps } = gateway;
  const id = await begin(await addPacking(deps, { embeddings: axes(4) }));
  await record(await take("a"));
  for (let piece = 0; piece < 2; piece++) await record(await take("a"));
  const [part] = await deps.db.select().from(datasetParts).where(eq(datasetParts.datasetId, id));
  const { objectKey } = part as typeof datasetParts.$inferSelect;
  await deps.store.put(objectKey, (await deps.store.get(objectKey)).subarray(0, 500));
  const job = await take("a");
  const failure = await advance(job).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(await recordFailure(deps.db, job, failure)).toBe("failed");
  expect((await findJob(deps, job.id)).error).toEqual({
    type: "urn:hyperface:problem:damaged-object",
    detail: `the part of dataset ${id} from sample 0 on is no part of a dataset`,
  });
  expect(await filesOf(id)).toEqual([]);
});
