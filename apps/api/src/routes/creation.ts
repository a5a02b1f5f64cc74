import { HEADERS } from "@hyperface/service-kit";
import type { Context } from "hono";
import type { Dependencies } from "../dependencies.ts";
import { waitForJob } from "../usecases/jobs/wait.ts";

/** Longest a request waits for a job, seconds. */
const MAX_WAIT = 60;

/** Seconds of `Prefer: wait=n` (RFC 7240); 0 where it is not asked for. */
function preferredWait(prefer: string | undefined): number {
  const wait = /(?:^|[,;\s])wait=(\d{1,6})/.exec(prefer ?? "")?.[1];
  return wait === undefined ? 0 : Math.min(MAX_WAIT, Number(wait));
}

const { location, preferenceApplied, retryAfter } = HEADERS;
const headers = { location, "preference-applied": preferenceApplied };

/** The answers of a route that creates, for its OpenAPI `responses`. */
export const creationAnswers = <C>(content: C) => ({
  201: { description: "It is ready", headers, content },
  202: {
    description: "It is being made, by the job at Location",
    headers: { ...headers, "retry-after": retryAfter },
    content,
  },
});

interface Creation<R> {
  find: () => Promise<R>;
  /** Path of the resource. */
  path: string;
  prefer: string | undefined;
}

/** 201 with the resource where it is ready; 202 and where its job is where it is being made. */
export async function answerCreation<R extends { status: string; jobId: string | null }>(
  c: Context,
  deps: Pick<Dependencies, "db" | "changes">,
  { find, path, prefer }: Creation<R>,
): Promise<{ resource: R; status: 201 | 202 }> {
  let resource = await find();
  const seconds = preferredWait(prefer);
  if (seconds > 0 && resource.jobId) {
    await waitForJob(deps, resource.jobId, seconds);
    resource = await find();
    c.header("preference-applied", `wait=${seconds}`);
  }
  if (resource.status !== "pending") {
    c.header("location", path);
    return { resource, status: 201 };
  }
  c.header("location", `/v1/jobs/${resource.jobId}`);
  c.header("retry-after", "1");
  return { resource, status: 202 };
}
