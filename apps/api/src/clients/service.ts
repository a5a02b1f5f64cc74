import { type ErrorCode, HyperFaceError, type Problem, problemType } from "@hyperface/contracts";

/** How long a service may take to say that it is ready. */
const READY_SECONDS = 10;

/** Reaches a service: by URL, or in this process. */
export type Fetch = (request: Request) => Response | Promise<Response>;

export interface ServiceAddress {
  name: string;
  /** Of the service's root; any where `fetch` stays in this process. */
  url: string;
  fetch: Fetch;
  /** How long a call may take, from its beginning to the end of its answer. */
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
  /** Waits without end for the answer's body, which is the caller's. */
  send(path: string, init: RequestInit): Promise<Response>;
  /** Rejects where the service cannot work now. */
  ready(): Promise<unknown>;
  /** @throws HyperFaceError the service's own problem, `service-unavailable`, or `timeout` */
  json<T>(path: string, body?: object, options?: CallOptions): Promise<T>;
}

/** A service that cannot be reached, or says that it is not to be had now. */
export class ServiceAway extends HyperFaceError {
  readonly service: string;

  constructor(service: string, cause: unknown) {
    super("service-unavailable", `${service} cannot be reached: try again`, { cause });
    this.service = service;
  }
}

export function createServiceClient(address: ServiceAddress): ServiceClient {
  const { name, url, fetch } = address;
  const send: ServiceClient["send"] = async (path, init) => {
    try {
      return await fetch(new Request(new URL(path, url), init));
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw new ServiceAway(name, cause);
    }
  };
  const client: ServiceClient = {
    send,
    ready: () => client.json("/health/ready", undefined, { timeoutSeconds: READY_SECONDS }),
    async json<T>(path: string, body?: object, options: CallOptions = {}) {
      const { signal, budgetSeconds = 0, timeoutSeconds = address.timeoutSeconds } = options;
      const seconds = timeoutSeconds + budgetSeconds;
      const timeout = AbortSignal.timeout(seconds * 1000);
      const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
      const headers = { "content-type": "application/json", accept: "application/json" };
      const post = body ? { method: "POST", body: JSON.stringify(body) } : {};
      try {
        // A service in this process does not end a call whose signal says so: the wait for it does.
        return await Promise.race([
          send(path, { ...post, headers, signal: either }).then((response) =>
            readAnswer<T>(name, response),
          ),
          rejection(either),
        ]);
      } catch (error) {
        if (!timeout.aborted || signal?.aborted) throw error;
        throw new HyperFaceError("timeout", `${name} gave no answer within ${seconds} s`);
      }
    },
  };
  return client;
}

const rejection = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });

async function readAnswer<T>(name: string, response: Response): Promise<T> {
  if (!response.ok) throw await problemOf(name, response);
  try {
    return (await response.json()) as T;
  } catch (cause) {
    // Cut off in the middle.
    throw new ServiceAway(name, cause);
  }
}

/** Of a service that is not to be had, or of a proxy before it. */
const AWAY = new Set([502, 503]);

/** What is wrong with the object store is the same for every service. */
const STORED = new Set<ErrorCode>(["damaged-object", "missing-object", "storage-full"]);

/** A service's refusal as the error it threw; its own failure as `service-unavailable`. */
async function problemOf(name: string, response: Response): Promise<HyperFaceError> {
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
  const cause = { status: response.status, problem };
  if (AWAY.has(response.status)) return new ServiceAway(name, cause);
  const code = problem.type?.slice(problemType("").length) as ErrorCode | undefined;
  if (!code || (response.status >= 500 && !STORED.has(code))) {
    return new HyperFaceError("service-unavailable", `${name} failed: try again`, { cause });
  }
  return new HyperFaceError(code, problem.detail ?? problem.title ?? name, {
    cause,
    ...(problem.errors ? { errors: problem.errors } : {}),
  });
}
