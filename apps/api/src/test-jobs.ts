import { CreatePackingRequest } from "@hyperface/contracts";
import { eq, sql } from "drizzle-orm";
import { jobs } from "./db/schema.ts";
import type { Dependencies } from "./dependencies.ts";
import { claimJob } from "./jobs/claim.ts";
import type { JobRow } from "./jobs/slice.ts";
import { createPacking } from "./usecases/packings/create.ts";

/** The job of a new packing, which no worker has taken. */
export async function newPackingJob(deps: Dependencies): Promise<JobRow> {
  const request = CreatePackingRequest.parse({ count: 2, alpha: 0 });
  const { id } = await createPacking(deps, request, undefined);
  const [job] = await deps.db.select().from(jobs).where(eq(jobs.resourceId, id));
  return job as JobRow;
}

/** A job as `worker` takes it, when all leases have ended and all waiting: a piece of one before that itself. */
export async function takeDue({ db }: Dependencies, worker: string): Promise<JobRow> {
  const since = sql`now() - case when ${jobs.parentId} is null then 0 else 1 end * interval '1 minute'`;
  await db.update(jobs).set({ dueAt: since });
  return (await claimJob(db, worker)) as JobRow;
}
