import type { JobKind } from "@hyperface/contracts";
import type { Database } from "../db/database.ts";
import { jobs } from "../db/schema.ts";
import { tellChange } from "./events.ts";

/** A queued job, in the transaction that makes its resource: its row is what workers look for. */
export async function createJob(
  transaction: Database,
  job: { id: string; kind: JobKind; resourceId: string; total: number },
): Promise<void> {
  await transaction.insert(jobs).values({ ...job, status: "queued" });
  await tellChange(transaction, job.id);
}
