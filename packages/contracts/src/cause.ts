import { AsyncLocalStorage } from "node:async_hooks";

/** Why something is done: the request that asks for it, and the job that it is for. */
export interface Cause {
  requestId: string;
  jobId?: string | undefined;
}

const JOB_HEADER = "x-job-id";
const causes = new AsyncLocalStorage<Cause>();

/** Runs `work` with its cause, which every call that it makes of a service names. */
export const because = <R>(cause: Cause, work: () => R): R => causes.run(cause, work);

/** The headers that tell a service what it is called for. */
export function causeHeaders(): Record<string, string> {
  const cause = causes.getStore();
  if (!cause) return {};
  const { requestId, jobId } = cause;
  return { "x-request-id": requestId, ...(jobId ? { [JOB_HEADER]: jobId } : {}) };
}

/** The job that a request of another service is for: text of a header, so bounded before it is logged. */
export const jobOf = (headers: Headers) => /^\w{1,64}$/.exec(headers.get(JOB_HEADER) ?? "")?.[0];
