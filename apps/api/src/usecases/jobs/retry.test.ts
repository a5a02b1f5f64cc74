import { problemType } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { jobs, looseObjects } from "../../db/schema.ts";
import { addEvent } from "../../jobs/events.ts";
import { finishJob } from "../../jobs/finish.ts";
import { keepObjects, reserveKey } from "../../jobs/objects.ts";
import { useDependencies } from "../../test-dependencies.ts";
import { newPackingJob } from "../../test-jobs.ts";
import { findPacking } from "../packings/get.ts";
import { listEvents } from "./events.ts";
import { retryJob } from "./retry.ts";

const gateway = useDependencies();
const error = { type: problemType("packing-diverged"), detail: "it diverged" };

/** A job that failed at its step 30, with the checkpoint that it went on from. */
async function failedJob(why = error) {
  const { deps } = gateway;
  const job = await newPackingJob(deps);
  const checkpoint = await reserveKey(deps.db, "checkpoint", job.id);
  await keepObjects(deps.db, job.id, [checkpoint]);
  const stood = { state: { checkpoint }, completed: 30, attempts: 6, version: 3 };
  await deps.db.update(jobs).set(stood).where(eq(jobs.id, job.id));
  await addEvent(deps.db, job.id, { type: "progress", completed: 30, total: job.total });
  await finishJob(deps.db, job, "failed", { error: why });
  return { job, checkpoint };
}

test("a failed job goes on from where it stood, and its packing is being made again", async () => {
  const { deps } = gateway;
  const { job, checkpoint } = await failedJob();
  expect(await retryJob(deps, job.id)).toMatchObject({
    ...{ status: "queued", completed: 30, error: null, finishedAt: null },
  });
  const [row] = await deps.db.select().from(jobs).where(eq(jobs.id, job.id));
  expect(row).toMatchObject({ state: { checkpoint }, attempts: 0, version: 4 });
  expect((await findPacking(deps, job.resourceId)).status).toBe("pending");
  const kept = await deps.db.select().from(looseObjects).where(eq(looseObjects.key, checkpoint));
  expect(kept).toMatchObject([{ expiresAt: null }]);
});

test("who follows it is told why it had failed, and that it goes on", async () => {
  const { deps } = gateway;
  const { job } = await failedJob();
  await retryJob(deps, job.id);
  expect(await listEvents(deps, job.id, 1)).toEqual([
    { type: "retried", sequence: 2, error },
    { type: "progress", sequence: 3, completed: 30, total: job.total },
  ]);
});

test("where its checkpoint is kept no longer it begins again", async () => {
  const { deps } = gateway;
  const { job, checkpoint } = await failedJob();
  await deps.db.delete(looseObjects).where(eq(looseObjects.key, checkpoint));
  expect(await retryJob(deps, job.id)).toMatchObject({ status: "queued", completed: 0 });
  const [row] = await deps.db.select().from(jobs).where(eq(jobs.id, job.id));
  expect(row?.state).toEqual({});
});

test("where its checkpoint was refused, as one of an earlier version is, it begins again", async () => {
  const { deps } = gateway;
  const refused = { type: problemType("invalid-checkpoint"), detail: "of another version" };
  const { job } = await failedJob(refused);
  expect(await retryJob(deps, job.id)).toMatchObject({ status: "queued", completed: 0 });
  const [row] = await deps.db.select().from(jobs).where(eq(jobs.id, job.id));
  expect(row?.state).toEqual({});
});

test("only a failed job is retried, and only once", async () => {
  const { deps } = gateway;
  const { job } = await failedJob();
  const both = await Promise.allSettled([retryJob(deps, job.id), retryJob(deps, job.id)]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  await expect(retryJob(deps, job.id)).rejects.toMatchObject({
    code: "conflict",
    message: `job ${job.id} is queued: only a failed one is retried`,
  });
  await expect(retryJob(deps, "job_none")).rejects.toMatchObject({ code: "not-found" });
});
