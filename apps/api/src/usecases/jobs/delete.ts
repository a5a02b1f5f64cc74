import { HyperFaceError, type Job } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { jobs } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { collectSoon } from "../../jobs/objects.ts";
import { removeJobs, removeResources } from "../../jobs/remove.ts";
import { isUnfinished } from "../../jobs/slice.ts";
import { findMadeBy } from "../resources/references.ts";
import { findJob } from "./get.ts";

/**
 * Deletes the record of a job that has ended; and what it was making, where that never became ready.
 * @param check looks at the job first, and throws where it is not to be deleted as it is
 * @throws HyperFaceError `not-found`, `conflict` where it has not ended
 */
export async function deleteJob(
  deps: Pick<Dependencies, "db" | "store" | "logger">,
  id: string,
  check: (job: Job) => void = () => {},
): Promise<void> {
  await deps.db.transaction(async (transaction) => {
    await transaction.select().from(jobs).where(eq(jobs.id, id)).for("update");
    const job = await findJob({ db: transaction }, id);
    check(job);
    if (isUnfinished(job)) {
      throw new HyperFaceError("conflict", `job ${id} is ${job.status}: cancel it first`);
    }
    if (job.status === "succeeded") await removeJobs(transaction, [id]);
    else {
      const made = await findMadeBy(transaction, [job.resourceId]);
      await removeResources(transaction, [{ kind: job.kind, id: job.resourceId }, ...made]);
    }
  });
  collectSoon(deps);
}
