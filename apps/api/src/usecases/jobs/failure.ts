import { errorCodeOf, HyperFaceError } from "@hyperface/contracts";
import { findJob, type WithDatabase } from "./get.ts";

/** Why what an ended job was to make is not there. */
export async function whyNotReady({ db }: WithDatabase, jobId: string): Promise<HyperFaceError> {
  const { status, error, resourceId, kind } = await findJob({ db }, jobId);
  const what = `${kind} ${resourceId}`;
  if (!error) return new HyperFaceError("conflict", `${what} is ${status}: create another`);
  const detail = `${what} failed: ${error.detail} (job ${jobId})`;
  return new HyperFaceError(errorCodeOf(error.type) ?? "job-failed", detail);
}
