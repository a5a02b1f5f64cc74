import type { Job } from "@hyperface/contracts";
import { finishJob } from "../../jobs/finish.ts";
import { findJob, type WithDatabase } from "./get.ts";

/** Cancels a job that has not ended; one that has is left as it is. @throws HyperFaceError `not-found` */
export async function cancelJob({ db }: WithDatabase, id: string): Promise<Job> {
  const job = await findJob({ db }, id);
  await db.transaction((transaction) => finishJob(transaction, job, "cancelled"));
  return findJob({ db }, id);
}
