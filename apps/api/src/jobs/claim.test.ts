import { CreatePackingRequest, type JobPriority } from "@hyperface/contracts";
import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { jobs } from "../db/schema.ts";
import { useDependencies } from "../test-dependencies.ts";
import { createPacking } from "../usecases/packings/create.ts";
import { claimJob } from "./claim.ts";
import { priorityOf } from "./create.ts";

const gateway = useDependencies();

/** Due for so many seconds. */
async function queue(priority: JobPriority, waited: number) {
  const { deps } = gateway;
  const request = CreatePackingRequest.parse({ count: 2, alpha: 0 });
  const { id } = await createPacking(deps, request, { priority });
  await deps.db
    .update(jobs)
    .set({ dueAt: sql`now() - ${waited} * interval '1 second'` })
    .where(eq(jobs.resourceId, id));
}

test("higher priority comes first, and what has less of it comes too when it has waited", async () => {
  await queue("normal", 1);
  await queue("low", 125);
  await queue("high", 1);
  await queue("low", 55);
  await queue("high", -1);
  const taken: JobPriority[] = [];
  for (let worker = 0; worker < 4; worker++) {
    const job = await claimJob(gateway.deps.db, `worker ${worker}`);
    if (job) taken.push(priorityOf(job.priority));
  }
  expect(taken).toEqual(["low", "high", "normal", "low"]);
  // The last is not due yet.
  expect(await claimJob(gateway.deps.db, "worker")).toBeUndefined();
});
