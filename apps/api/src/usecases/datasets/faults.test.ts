import { CreateDatasetRequest } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { datasetParts, jobs } from "../../db/schema.ts";
import { claimJob } from "../../jobs/claim.ts";
import { recordFailure, recordSlice } from "../../jobs/record.ts";
import type { JobRow } from "../../jobs/slice.ts";
import { useDependencies } from "../../test-dependencies.ts";
import { testServices } from "../../test-services.ts";
import { addPacking, axes } from "../../test-sets.ts";
import { findJob } from "../jobs/get.ts";
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
const expireLeases = () => gateway.deps.db.update(jobs).set({ dueAt: new Date(0) });

async function take(worker: string): Promise<JobRow> {
  await expireLeases();
  return (await claimJob(gateway.deps.db, worker)) as JobRow;
}
const advance = (job: JobRow) => advanceDataset(gateway.deps, job, never);
const record = async (job: JobRow) => recordSlice(gateway.deps.db, job, await advance(job));

const filesOf = async (id: string) =>
  (await listDatasetFiles(gateway.deps, id, { limit: 100 })).data.map(({ name, sha256 }) => [
    name,
    sha256,
  ]);

test("of two workers on one shard one is taken, and nothing is there twice", async () => {
  const packingId = await addPacking(gateway.deps, { embeddings: axes(4) });
  const alone = await begin(packingId);
  while ((await findDataset(gateway.deps, alone)).status === "pending")
    await record(await take("a"));
  const shared = await begin(packingId);
  while ((await findDataset(gateway.deps, shared)).status === "pending") {
    const [first, second] = [await take("a"), await take("b")];
    const [slow, quick] = await Promise.all([advance(first), advance(second)]);
    expect(await recordSlice(gateway.deps.db, second, quick)).toBe(true);
    expect(await recordSlice(gateway.deps.db, first, slow)).toBe(false);
  }
  const parts = await gateway.deps.db
    .select()
    .from(datasetParts)
    .where(eq(datasetParts.datasetId, shared));
  expect(parts.map(({ start, samples }) => [start, samples])).toEqual([
    [0, 8],
    [8, 8],
  ]);
  expect(await findDataset(gateway.deps, shared)).toMatchObject({ made: 16, missing: 0 });
  expect(await filesOf(shared)).toEqual(await filesOf(alone));
});

test("a part that is not as it was written fails its job, which says which", async () => {
  const { deps } = gateway;
  const id = await begin(await addPacking(deps, { embeddings: axes(4) }));
  await record(await take("a"));
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
