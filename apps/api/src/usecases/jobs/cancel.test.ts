import { type JobError, problemType } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { finishJob } from "../../jobs/finish.ts";
import { useDependencies } from "../../test-dependencies.ts";
import { newPackingJob } from "../../test-jobs.ts";
import { findPacking } from "../packings/get.ts";
import { cancelJob } from "./cancel.ts";
import { whyNotReady } from "./failure.ts";

const gateway = useDependencies();

const newJob = () => newPackingJob(gateway.deps);

test("a cancelled job's packing is not made, and says so", async () => {
  const { deps } = gateway;
  const job = await newJob();
  expect(await cancelJob(deps, job.id)).toMatchObject({ status: "cancelled" });
  expect((await findPacking(deps, job.resourceId)).status).toBe("cancelled");
  expect(await whyNotReady(deps, job.id)).toMatchObject({
    code: "conflict",
    message: `packing ${job.resourceId} is cancelled: create another`,
  });
});

test("a job that has ended stays as it ended", async () => {
  const { deps } = gateway;
  const job = await newJob();
  await finishJob(deps.db, job, "succeeded", { objectKey: "sets/some" });
  expect(await cancelJob(deps, job.id)).toMatchObject({ status: "succeeded" });
  expect((await findPacking(deps, job.resourceId)).status).toBe("ready");
});

test.each([
  ["packing-diverged", problemType("packing-diverged")],
  ["job-failed", problemType("internal")],
  ["job-failed", "about:blank"],
] as const)("a client that waited is told %s of a job that failed of %s", async (code, type) => {
  const { deps } = gateway;
  const job = await newJob();
  const error: JobError = { type, detail: "for a reason" };
  await finishJob(deps.db, job, "failed", { error });
  expect(await whyNotReady(deps, job.id)).toMatchObject({
    code,
    message: `packing ${job.resourceId} failed: for a reason (job ${job.id})`,
  });
});
