import { CreatePackingRequest } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { jobs } from "./db/schema.ts";
import type { Dependencies } from "./dependencies.ts";
import type { JobRow } from "./jobs/slice.ts";
import { createPacking } from "./usecases/packings/create.ts";

/** The job of a new packing, which no worker has taken. */
export async function newPackingJob(deps: Dependencies): Promise<JobRow> {
  const request = CreatePackingRequest.parse({ count: 2, alpha: 0 });
  const { id } = await createPacking(deps, request, undefined);
  const [job] = await deps.db.select().from(jobs).where(eq(jobs.resourceId, id));
  return job as JobRow;
}
