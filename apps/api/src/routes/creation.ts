import { createHash, type Hash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { CreationHeaders } from "@hyperface/contracts";
import { HEADERS, preferredWait } from "@hyperface/service-kit";
import type { Context } from "hono";
import type { Dependencies } from "../dependencies.ts";
import type { CreationRequest, KeyedRequest } from "../usecases/creation.ts";
import { whyNotReady } from "../usecases/jobs/failure.ts";
import { waitForJob } from "../usecases/jobs/wait.ts";

/** Longest a request waits for a job, seconds. */
const MAX_WAIT = 60;

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

/** What its headers say of a request to create. */
export const creationRequest = async (
  c: Context,
  { "idempotency-key": key, "job-priority": priority }: CreationHeaders,
): Promise<CreationRequest> => ({
  keyed: key === undefined ? undefined : await keyedRequest(c, key),
  priority,
});

interface StreamedRequest {
  body: AsyncIterable<Uint8Array>;
  /** Known when the body has come to its end. */
  request(): CreationRequest;
  /**
   * Lets the client send what it still has, for nothing but that it comes to read the answer, as far as that is worth it.
   * @returns whether the body has come to its end
   */
  readOn(): Promise<boolean>;
}

/** What is read of a body that nobody wants, and for how long. */
const [MOST_UNWANTED, UNWANTED_MS] = [64 * 2 ** 20, 2000];

/** As {@link creationRequest}, where the body is read as it comes. */
export function streamedRequest(
  c: Context,
  { "idempotency-key": key, "job-priority": priority }: CreationHeaders,
): StreamedRequest {
  const hash = key === undefined ? undefined : startHash(c);
  const reader = c.req.raw.body?.getReader();
  const read = async () => (await reader?.read())?.value;
  async function* body() {
    for (let chunk = await read(); chunk; chunk = await read()) {
      hash?.update(chunk);
      yield chunk;
    }
  }
  const keyed = () => (key && hash ? { key, hash: hash.digest("hex") } : undefined);
  return {
    body: body(),
    request: () => ({ keyed: keyed(), priority }),
    async readOn() {
      const late = setTimeout(UNWANTED_MS, null, { ref: false });
      for (let bytes = 0; bytes < MOST_UNWANTED; ) {
        const chunk = await Promise.race([read(), late]);
        if (chunk === undefined) return true;
        if (chunk === null) return false;
        bytes += chunk.length;
      }
      return false;
    },
  };
}

/** The request by its key: the same in method, path, query and whole body. */
async function keyedRequest(c: Context, key: string): Promise<KeyedRequest> {
  const body = new Uint8Array(await c.req.arrayBuffer());
  return { key, hash: startHash(c).update(body).digest("hex") };
}

/** Of what a request says before its body. */
function startHash(c: Context): Hash {
  const { pathname, search } = new URL(c.req.url);
  return createHash("sha256").update(`${c.req.method} ${pathname}${search}\n`);
}

interface Creation<R> {
  find: () => Promise<R>;
  /** Path of the resource. */
  path: string;
  prefer: string | undefined;
}

/**
 * 201 with the resource where it is ready; 202 and where its job is where it is being made.
 * @throws HyperFaceError what its job failed of; `conflict` where that was cancelled
 */
export async function answerCreation<R extends { status: string; jobId: string | null }>(
  c: Context,
  deps: Pick<Dependencies, "db" | "changes">,
  { find, path, prefer }: Creation<R>,
): Promise<{ resource: R; status: 201 | 202 }> {
  let resource = await find();
  const seconds = preferredWait(prefer, MAX_WAIT);
  if (seconds > 0 && resource.status === "pending" && resource.jobId) {
    await waitForJob(deps, resource.jobId, seconds);
    resource = await find();
    c.header("preference-applied", `wait=${seconds}`);
  }
  if (resource.status !== "pending") {
    c.header("location", path);
    if (resource.status !== "ready") throw await whyNotReady(deps, resource.jobId as string);
    return { resource, status: 201 };
  }
  c.header("location", `/v1/jobs/${resource.jobId}`);
  c.header("retry-after", "1");
  return { resource, status: 202 };
}
