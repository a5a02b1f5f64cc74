import { expect, test } from "vitest";
import { finishJob } from "../../jobs/finish.ts";
import { useDependencies } from "../../test-dependencies.ts";
import { newPackingJob } from "../../test-jobs.ts";
import { waitForJob } from "./wait.ts";

const gateway = useDependencies();

const newJob = () => newPackingJob(gateway.deps);

test("the job is told when it ends, however much longer might be waited", async () => {
  const { deps } = gateway;
  const job = await newJob();
  const waiting = waitForJob(deps, job.id, 3600);
  await finishJob(deps.db, job, "succeeded", { objectKey: "sets/some" });
  expect(await waiting).toMatchObject({ status: "succeeded" });
  expect(await waitForJob(deps, job.id, 3600)).toMatchObject({ status: "succeeded" });
});

test("a job that goes on is told as it is when the time is over", async () => {
  const { deps } = gateway;
  const job = await newJob();
  expect(await waitForJob(deps, job.id, 0.01)).toMatchObject({ status: "queued" });
});
