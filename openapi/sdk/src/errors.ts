import type { Problem } from "./gen/types.gen.ts";

/** An answer that is no success, with the server's problem details (RFC 9457). */
export class HyperFaceApiError extends Error {
  override readonly name = "HyperFaceApiError";
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(`${problem.title}: ${problem.detail}`);
    this.status = status;
    this.problem = problem;
  }

  /** What the problem is, e.g. "no-face". */
  get code(): string {
    return this.problem.type.split(":").at(-1) ?? "";
  }
}

/** A job that did not succeed. */
export class JobFailedError extends Error {
  override readonly name = "JobFailedError";
  readonly jobId: string;

  constructor(jobId: string, reason: string) {
    super(`job ${jobId} ${reason}`);
    this.jobId = jobId;
  }
}

/** What a call of the generated client comes to. */
export interface Answer<T> {
  data?: T | undefined;
  error?: unknown;
  response?: Response | undefined;
}

/** The data of an answer. @throws HyperFaceApiError; what fetch threw where nothing answered */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await call;
  if (!response) throw error;
  if (response.ok) return data as NonNullable<T>;
  throw new HyperFaceApiError(response.status, asProblem(error, response));
}

/** A problem even of an answer from something else on the way, such as a proxy. */
function asProblem(error: unknown, response: Response): Problem {
  if (typeof error === "object" && error !== null && "type" in error) return error as Problem;
  return {
    type: "about:blank",
    title: response.statusText || String(response.status),
    status: response.status,
    detail: String(error),
    instance: new URL(response.url || "http://unknown/").pathname,
    requestId: response.headers.get("x-request-id") ?? "",
  };
}
