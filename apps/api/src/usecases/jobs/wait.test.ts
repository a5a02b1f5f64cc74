import { CreatePackingRequest } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { jobs } from "../../db/schema.ts";
import { finishJob } from "../../jobs/finish.ts";
import type { JobRow } from "../../jobs/slice.ts";
import { useDependencies } from "../../test-dependencies.ts";
import { createPacking } from "../packings/create.ts";
import { waitForJob } from "./wait.ts";

const gateway = useDependencies();

async function newJob(): Promise<JobRow> {
  const { db } = gateway.deps;
  const request = CreatePackingRequest.parse({ count: 2, alpha: 0 });
  const { id } = await createPacking(gateway.deps, request, undefined);
  const [job] = await db.select().from(jobs).where(eq(jobs.resourceId, id));
  return job as JobRow;
}

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
