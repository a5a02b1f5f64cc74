import type { Job } from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { findJob } from "./get.ts";

/** The job when it has ended, or as it is after `seconds`. */
export async function waitForJob(
  deps: Pick<Dependencies, "db" | "changes">,
  id: string,
  seconds: number,
): Promise<Job> {
  const end = performance.now() + seconds * 1000;
  const watch = deps.changes.watch(id);
  try {
    for (;;) {
      const job = await findJob(deps, id);
      const left = end - performance.now();
      if (job.finishedAt !== null || left <= 0) return job;
      await watch.changed(left);
    }
  } finally {
    watch.close();
  }
}
