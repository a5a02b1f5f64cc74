import type { Job } from "@hyperface/contracts";
import { findJob, type WithDatabase } from "./get.ts";

const isOver = ({ status }: Job) => status !== "queued" && status !== "running";

/** The job when it has ended, or as it is after `seconds`. */
export async function waitForJob(deps: WithDatabase, id: string, seconds: number): Promise<Job> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const job = await findJob(deps, id);
    if (isOver(job) || performance.now() >= end) return job;
    await new Promise((done) => setTimeout(done, 100));
  }
}
