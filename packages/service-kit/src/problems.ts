import {
  type ErrorCode,
  HyperFaceError,
  PROBLEM_JSON,
  Problem,
  problemType,
} from "@hyperface/contracts";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { clientLeft, hasLeft } from "./leaving.ts";

/** The one place where a domain error becomes an HTTP status. */
const KINDS: Record<ErrorCode | "internal", { status: ContentfulStatusCode; title: string }> = {
  unauthenticated: { status: 401, title: "No valid API key" },
  forbidden: { status: 403, title: "Beyond the API key's scope" },
  "rate-limited": { status: 429, title: "Too many requests" },
  "invalid-request": { status: 400, title: "Invalid request" },
  "malformed-body": { status: 400, title: "Malformed body" },
  "unsupported-media-type": { status: 415, title: "Unsupported media type" },
  "not-acceptable": { status: 406, title: "Not acceptable" },
  "body-too-large": { status: 413, title: "Body too large" },
  "not-found": { status: 404, title: "Not found" },
  "method-not-allowed": { status: 405, title: "Method not allowed" },
  conflict: { status: 409, title: "Conflict" },
  "idempotency-mismatch": { status: 422, title: "Idempotency key used with another request" },
  "precondition-failed": { status: 412, title: "Precondition failed" },
  // nginx's number, for the log and the metrics: nobody reads the answer.
  "client-left": { status: 499 as ContentfulStatusCode, title: "Client closed the connection" },
  timeout: { status: 504, title: "Timed out" },
  "unreadable-image": { status: 422, title: "Unreadable image" },
  "image-too-large": { status: 413, title: "Image too large" },
  "too-many-images": { status: 413, title: "Too many images" },
  "too-many-pixels": { status: 413, title: "Too many pixels in one request" },
  "too-many-faces": { status: 413, title: "Too many faces in one request" },
  "no-face": { status: 422, title: "No face found" },
  "several-faces": { status: 422, title: "More than one face found" },
  "poor-face": { status: 422, title: "Face of poor quality" },
  "invalid-vector": { status: 422, title: "Invalid vector" },
  "unsupported-dtype": { status: 422, title: "Unsupported type of number" },
  "dimension-mismatch": { status: 422, title: "Wrong vector length" },
  "model-mismatch": { status: 422, title: "Embeddings of different models" },
  "unknown-model": { status: 422, title: "Unknown model" },
  "unsupported-condition": { status: 422, title: "Unsupported condition" },
  "invalid-packing": { status: 422, title: "Invalid packing" },
  "packing-diverged": { status: 422, title: "Packing diverged" },
  "invalid-checkpoint": { status: 422, title: "Unusable checkpoint" },
  "set-too-large": { status: 422, title: "Set too large" },
  "not-ready": { status: 409, title: "Not ready" },
  "damaged-object": { status: 500, title: "Stored object damaged" },
  overloaded: { status: 503, title: "Overloaded" },
  "missing-object": { status: 500, title: "Stored object missing" },
  "storage-full": { status: 507, title: "No space left" },
  "service-unavailable": { status: 503, title: "Service unavailable" },
  "job-failed": { status: 500, title: "Job failed" },
  internal: { status: 500, title: "Internal error" },
};

/** Any thrown value as a domain error; undefined where the fault is ours. */
export async function asDomainError(
  c: Context,
  error: unknown,
): Promise<HyperFaceError | undefined> {
  if (hasLeft(c, error)) return clientLeft(error);
  if (error instanceof HyperFaceError) return error;
  if (!(error instanceof HTTPException)) return undefined;
  const wrap = (code: ErrorCode, detail: string) =>
    new HyperFaceError(code, detail, { cause: error });
  switch (error.status) {
    case 400:
      return wrap("malformed-body", await whyMalformed(c, error.message));
    case 413:
      return wrap("body-too-large", error.message);
    case 415:
      return wrap("unsupported-media-type", refusedType(c));
    default:
      return undefined;
  }
}

/** What the JSON parser said, since the framework's own message leaves the place out. */
async function whyMalformed(c: Context, message: string): Promise<string> {
  if (!message.includes("JSON")) return message;
  try {
    JSON.parse(await c.req.text());
    return message;
  } catch (reason) {
    const hint = "numbers must be finite: NaN and Infinity are not JSON";
    return `the body is not JSON: ${(reason as Error).message} (${hint})`;
  }
}

function refusedType(c: Context): string {
  const type = c.req.header("content-type");
  const said = type
    ? `Content-Type ${type} is not accepted here`
    : "there is no Content-Type header";
  return `${said}: see /openapi.json for what ${c.req.path} takes`;
}

/** After which to try again where nobody knows better. */
const RETRY_SECONDS = 5;

/** An RFC 9457 answer; without a failure that is known a 500 that says nothing of its cause. */
export function problemResponse(c: Context, known: HyperFaceError | undefined): Response {
  const code = known?.code ?? "internal";
  const { status, title } = KINDS[code];
  const problem = {
    type: problemType(code),
    title,
    status,
    detail: known?.message ?? "The service failed; the request id finds the cause in its log.",
    instance: c.req.path,
    requestId: c.get("requestId"),
    ...(known && known.errors.length > 0 ? { errors: known.errors } : {}),
  };
  const headers: Record<string, string> = { "content-type": PROBLEM_JSON };
  if (status === 401) headers["www-authenticate"] = "Bearer";
  if (status === 503) {
    headers["retry-after"] = String(Math.max(1, Math.ceil(known?.retryAfter ?? RETRY_SECONDS)));
  }
  return c.body(JSON.stringify(problem), status, headers);
}

/** Whatever else goes wrong, for a route's OpenAPI `responses`. */
export const anyProblem = {
  description: "Any other problem",
  content: { [PROBLEM_JSON]: { schema: Problem } },
};

/** The problem answers of a route, for its OpenAPI `responses`. */
export const problems = <S extends number>(...statuses: S[]) =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: Object.values(KINDS)
          .filter((kind) => kind.status === status)
          .map((kind) => kind.title)
          .join(", or "),
        content: { [PROBLEM_JSON]: { schema: Problem } },
      },
    ]),
  ) as Record<
    S,
    { description: string; content: { "application/problem+json": { schema: typeof Problem } } }
  >;
