import {
  causeHeaders,
  type ErrorCode,
  errorCodeOf,
  HyperFaceError,
  MESSAGE,
  Problem,
  ServiceAway,
} from "@hyperface/contracts";
import { decodeMessage, encodeMessage } from "@hyperface/formats";
import { isTraced, traceCarrier, traced } from "@hyperface/tracing";
import { z } from "zod";
import { observeCall } from "../metrics.ts";
import { createPatience, type Limits } from "./patience.ts";

/** How long a service may take to say that it is ready. */
const READY_SECONDS = 10;

/** Reaches a service: by URL, or in this process. */
export type Fetch = (request: Request) => Response | Promise<Response>;

/** How long an answer that has begun may pause. */
const BODY_SECONDS = 30;

export interface ServiceAddress {
  name: string;
  /** Of the service's root; any where `fetch` stays in this process. */
  url: string;
  fetch: Fetch;
  /** What the service asks of those it answers. */
  token?: string | undefined;
  /** How long a service may take to begin its answer, and then to end it. */
  timeoutSeconds: number;
}

export interface CallOptions {
  /** Ends the call, and what the service does for it. */
  signal?: AbortSignal | undefined;
  /** What the call asks the service to spend, beyond the time that any call may take. */
  budgetSeconds?: number;
  /** In place of the time that any call may take. */
  timeoutSeconds?: number;
}

export interface ServiceClient {
  /**
   * An answer as it comes, whatever its status; its body errors where the service falls silent.
   * @throws HyperFaceError `service-unavailable`, `timeout`; the signal's reason
   */
  send(path: string, init: RequestInit, options?: CallOptions): Promise<Response>;
  /** Rejects where the service cannot work now. */
  ready(): Promise<unknown>;
  /**
   * An answer as its contract's schema reads it.
   * @throws HyperFaceError the service's own problem, `service-unavailable`, or `timeout`
   */
  json<T>(path: string, schema: z.ZodType<T>, body?: object, options?: CallOptions): Promise<T>;
  /** The same with a message each way: vectors and images are bytes in it. */
  message<T>(path: string, schema: z.ZodType<T>, body: object, options?: CallOptions): Promise<T>;
}

export function createServiceClient(address: ServiceAddress): ServiceClient {
  const { name, url, fetch, token } = address;
  const send: ServiceClient["send"] = (path, init, options = {}) =>
    traceCall(address, path, init, () => call(path, init, options));
  const call: Required<ServiceClient>["send"] = async (path, init, options = {}) => {
    const patience = createPatience(name, limitsOf(address, options), options.signal);
    const { body, ...rest } = init;
    const sent = body instanceof ReadableStream ? patience.sending(body) : (body ?? null);
    const request = { ...rest, body: sent, signal: patience.signal };
    const started = performance.now();
    const observe = (status: number | "none") =>
      observeCall(name, status, (performance.now() - started) / 1000);
    try {
      const answer = await patience.wait(
        fetchLater(fetch, describe(new Request(new URL(path, url), request), token)),
      );
      observe(answer.status);
      if (answer.body) return new Response(patience.receiving(answer.body), answer);
      patience.end();
      return answer;
    } catch (cause) {
      observe("none");
      if (patience.signal.aborted) throw patience.signal.reason;
      patience.end();
      throw new ServiceAway(name, cause);
    }
  };
  const client: ServiceClient = {
    send,
    ready: () =>
      client.json("/health/ready", z.unknown(), undefined, { timeoutSeconds: READY_SECONDS }),
    async json(path, schema, body, options) {
      const post = body ? { method: "POST", body: JSON.stringify(body) } : {};
      const answer = await exchange("application/json", path, post, options);
      return read(name, schema, () => JSON.parse(textOf(answer)));
    },
    async message(path, schema, body, options) {
      const post = { method: "POST", body: encodeMessage(body) as Uint8Array<ArrayBuffer> };
      const answer = await exchange(MESSAGE, path, post, options);
      return read(name, schema, () => decodeMessage(answer));
    },
  };
  /** The bytes that answer a request, both of one media type. */
  const exchange = async (
    media: string,
    path: string,
    post: RequestInit,
    options: CallOptions = {},
  ): Promise<Uint8Array> => {
    // What is not far costs more to compress than to send.
    const headers = { "content-type": media, accept: media, "accept-encoding": "identity" };
    const response = await send(path, { ...post, headers }, options);
    const answer = await readBytes(name, response, options.signal);
    if (!response.ok) throw problemOf(name, response, textOf(answer));
    return answer;
  };
  return client;
}

function limitsOf(
  address: ServiceAddress,
  { budgetSeconds = 0, timeoutSeconds = address.timeoutSeconds }: CallOptions,
): Limits {
  const headers = budgetSeconds + timeoutSeconds;
  const body = Math.min(BODY_SECONDS, timeoutSeconds);
  return { headers, body, whole: headers + timeoutSeconds };
}

/** Says what the call is for, and that it is the gateway's. */
function describe(request: Request, token: string | undefined): Request {
  for (const [name, value] of Object.entries({ ...causeHeaders(), ...traceCarrier() }))
    request.headers.set(name, value);
  if (token) request.headers.set("authorization", `Bearer ${token}`);
  return request;
}

/** A call as a span of what is under way; a look at whether a service is there is none's. */
function traceCall(
  { url, name }: ServiceAddress,
  path: string,
  { method = "GET" }: RequestInit,
  call: () => Promise<Response>,
): Promise<Response> {
  if (!isTraced()) return call();
  const { href, hostname, port, protocol } = new URL(path, url);
  const attributes = {
    "http.request.method": method,
    "url.full": href,
    "server.address": hostname,
    "server.port": Number(port) || (protocol === "https:" ? 443 : 80),
    "service.peer.name": name,
  };
  return traced(method, { kind: "client", attributes }, async (span) => {
    const answer = await call();
    span.attributes({ "http.response.status_code": answer.status });
    if (answer.status >= 400) span.failed(`${answer.status}`);
    return answer;
  });
}

/** As a rejection what a service in this process throws at once. */
const fetchLater = async (fetch: Fetch, request: Request) => fetch(request);

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function readBytes(
  name: string,
  response: Response,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    if (error instanceof HyperFaceError || signal?.aborted) throw error;
    // Cut off in the middle.
    throw new ServiceAway(name, error);
  }
}

function read<T>(name: string, schema: z.ZodType<T>, decode: () => unknown): T {
  let answer: unknown;
  try {
    answer = decode();
  } catch (cause) {
    throw new ServiceAway(name, cause);
  }
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const detail = `${name} failed: its answer is not what its contract says: is it of this version?`;
  throw new HyperFaceError("service-unavailable", detail, { cause: parsed.error });
}

/** Of a service that is not to be had, or of a proxy before it. */
const AWAY = new Set([502, 503]);

/** What is wrong with the object store is the same for every service. */
const STORED = new Set<ErrorCode>(["damaged-object", "missing-object", "storage-full"]);

/** What a service of another version says of ours, while an upgrade rolls. */
const FOREIGN = new Set<ErrorCode>(["unsupported-media-type", "not-acceptable"]);

/** What a service says of the request that we made, which no client sent. */
const OURS = new Set<ErrorCode>([
  ...(["invalid-request", "malformed-body"] as const),
  ...(["not-found", "method-not-allowed", "body-too-large"] as const),
]);

/**
 * A service's refusal as the error it threw, without its places: those are of our request to it. Its own failure as
 * `service-unavailable`, ours as an Error.
 */
function problemOf(name: string, { status, headers }: Response, text: string): Error {
  const retryAfter = Number(headers.get("retry-after")) || undefined;
  const problem = readProblem(text);
  const cause = { status, problem };
  const code = errorCodeOf(problem.type ?? "");
  if (code === "overloaded") {
    const detail = `has too much to do: ${problem.detail}`;
    return new ServiceAway(name, cause, { code, detail, retryAfter });
  }
  if (code && FOREIGN.has(code)) {
    const detail = "takes other messages than this gateway's: is it of this version?";
    return new ServiceAway(name, cause, { detail });
  }
  if (AWAY.has(status)) return new ServiceAway(name, cause, { retryAfter });
  if (!code || (status >= 500 && !STORED.has(code))) {
    return new HyperFaceError("service-unavailable", `${name} failed: try again`, { cause });
  }
  if (OURS.has(code)) return new Error(`${name} refused our request: ${problem.detail}`, { cause });
  return new HyperFaceError(code, problem.detail ?? problem.title ?? name, { cause });
}

/** Of a service, or of what stands before it and may say less. */
const SaidProblem = Problem.partial();
type SaidProblem = z.infer<typeof SaidProblem>;

function readProblem(text: string): SaidProblem {
  try {
    return SaidProblem.parse(JSON.parse(text));
  } catch {
    return {};
  }
}
