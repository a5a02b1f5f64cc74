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
import type { Answer, Sent } from "./answer.ts";
import { overNetwork } from "./network.ts";
import { createPatience, type Limits, type Patience } from "./patience.ts";
import { type Fetch, withinProcess } from "./within-process.ts";

export type { Fetch } from "./within-process.ts";

/** How long a service may take to say that it is ready. */
const READY_SECONDS = 10;

/** How long an answer that has begun may pause. */
const BODY_SECONDS = 30;

export interface ServiceAddress {
  name: string;
  /** Of the service's root; any where `fetch` is given. */
  url: string;
  /** In place of the network. */
  fetch?: Fetch | undefined;
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

export interface CallRequest {
  /** Default: GET. */
  method?: string;
  headers?: Record<string, string>;
  body?: Sent["body"];
}

/** An answer that has begun, and what waits for the rest of it. */
interface Begun {
  answer: Answer;
  patience: Patience;
}

export interface ServiceClient {
  /**
   * An answer as it comes, whatever its status; its body errors where the service falls silent.
   * @throws HyperFaceError `service-unavailable`, `timeout`; the signal's reason
   */
  send(path: string, request: CallRequest, options?: CallOptions): Promise<Response>;
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
  const reach = fetch ? withinProcess(fetch) : overNetwork;
  const begin = (path: string, request: CallRequest, options: CallOptions = {}): Promise<Begun> =>
    traceCall(address, path, request, () => call(path, request, options));
  const call = async (path: string, request: CallRequest, options: CallOptions): Promise<Begun> => {
    const patience = createPatience(name, limitsOf(address, options), options.signal);
    const { method = "GET", body = null } = request;
    const sent: Sent = {
      method,
      headers: describe(request.headers, token),
      body: body instanceof ReadableStream ? patience.sending(body) : body,
      signal: patience.signal,
    };
    const started = performance.now();
    const observe = (status: number | "none") =>
      observeCall(name, status, (performance.now() - started) / 1000);
    try {
      const answer = await patience.wait(reach(new URL(path, url), sent));
      observe(answer.status);
      return { answer, patience };
    } catch (cause) {
      observe("none");
      if (patience.signal.aborted) throw patience.signal.reason;
      patience.end();
      throw new ServiceAway(name, cause);
    }
  };
  const client: ServiceClient = {
    async send(path, request, options) {
      const { answer, patience } = await begin(path, request, options);
      const stream = answer.stream();
      if (!stream) patience.end();
      return new Response(stream && patience.receiving(stream), answer);
    },
    ready: () =>
      client.json("/health/ready", z.unknown(), undefined, { timeoutSeconds: READY_SECONDS }),
    async json(path, schema, body, options) {
      const post = body ? { method: "POST", body: JSON.stringify(body) } : {};
      const answer = await exchange("application/json", path, post, options);
      return read(name, schema, () => JSON.parse(textOf(answer)));
    },
    async message(path, schema, body, options) {
      const post = { method: "POST", body: encodeMessage(body) };
      const answer = await exchange(MESSAGE, path, post, options);
      return read(name, schema, () => decodeMessage(answer));
    },
  };
  /** The bytes that answer a request, both of one media type. */
  const exchange = async (
    media: string,
    path: string,
    post: CallRequest,
    options: CallOptions = {},
  ): Promise<Uint8Array> => {
    // What is not far costs more to compress than to send.
    const headers = { "content-type": media, accept: media, "accept-encoding": "identity" };
    const begun = await begin(path, { ...post, headers }, options);
    const bytes = await readBytes(name, begun, options.signal);
    const { status } = begun.answer;
    if (status < 200 || status > 299) throw problemOf(name, begun.answer, textOf(bytes));
    return bytes;
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

/** A call's headers, which say what it is for, and that it is the gateway's. */
const describe = (own: Record<string, string> = {}, token: string | undefined) => ({
  ...own,
  ...causeHeaders(),
  ...traceCarrier(),
  ...(token ? { authorization: `Bearer ${token}` } : {}),
});

/** A call as a span of what is under way; a look at whether a service is there is none's. */
function traceCall(
  { url, name }: ServiceAddress,
  path: string,
  { method = "GET" }: CallRequest,
  call: () => Promise<Begun>,
): Promise<Begun> {
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
    const begun = await call();
    const { status } = begun.answer;
    span.attributes({ "http.response.status_code": status });
    if (status >= 400) span.failed(`${status}`);
    return begun;
  });
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function readBytes(
  name: string,
  { answer, patience }: Begun,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  try {
    return await patience.reading(answer);
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
  throw new ServiceAway(name, parsed.error, { detail: OTHERWISE });
}

/** Of a service that is not to be had, or of a proxy before it. */
const AWAY = new Set([502, 503]);

/** What is wrong with the object store is the same for every service. */
const STORED = new Set<ErrorCode>(["damaged-object", "missing-object", "storage-full"]);

/** What a service of another version says of our requests, while an upgrade rolls: no client sent them. */
const FOREIGN = new Set<ErrorCode>([
  ...(["unsupported-media-type", "not-acceptable"] as const),
  ...(["not-found", "method-not-allowed"] as const),
]);
const OTHERWISE = "speaks otherwise than this gateway: is it of this version?";

/** What a service says of the request that we made, which no client sent. */
const OURS = new Set<ErrorCode>(["invalid-request", "malformed-body", "body-too-large"]);

/**
 * A service's refusal as the error it threw, without its places: those are of our request to it. Its own failure as
 * `service-unavailable`, ours as an Error.
 */
function problemOf(name: string, { status, headers }: Answer, text: string): Error {
  const retryAfter = Number(headers["retry-after"]) || undefined;
  const problem = readProblem(text);
  const cause = { status, problem };
  const code = errorCodeOf(problem.type ?? "");
  if (code === "overloaded") {
    const detail = `has too much to do: ${problem.detail}`;
    return new ServiceAway(name, cause, { code, detail, retryAfter });
  }
  if (code && FOREIGN.has(code)) return new ServiceAway(name, cause, { detail: OTHERWISE });
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
