import { type ErrorCode, HyperFaceError, type Problem, problemType } from "@hyperface/contracts";

/** Reaches a service: by URL, or in this process. */
export type Fetch = (request: Request) => Response | Promise<Response>;

export interface ServiceAddress {
  name: string;
  /** Of the service's root; any where `fetch` stays in this process. */
  url: string;
  fetch: Fetch;
}

export interface ServiceClient {
  send(path: string, init: RequestInit): Promise<Response>;
  /** @throws HyperFaceError the service's own problem, or `service-unavailable` */
  json<T>(path: string, body?: object): Promise<T>;
}

/** The service's answer where it is not to be had. */
const unavailable = (name: string, cause: unknown) =>
  new HyperFaceError("service-unavailable", `${name} cannot be reached: try again`, { cause });

export function createServiceClient({ name, url, fetch }: ServiceAddress): ServiceClient {
  const send: ServiceClient["send"] = async (path, init) => {
    try {
      return await fetch(new Request(new URL(path, url), init));
    } catch (cause) {
      throw unavailable(name, cause);
    }
  };
  return {
    send,
    async json<T>(path: string, body?: object) {
      const headers = { "content-type": "application/json", accept: "application/json" };
      const response = await send(
        path,
        body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers },
      );
      if (!response.ok) throw await problemOf(name, response);
      return (await response.json()) as T;
    },
  };
}

/** A service's refusal as the error it threw; its own failure as `service-unavailable`. */
async function problemOf(name: string, response: Response): Promise<HyperFaceError> {
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
  const cause = { status: response.status, problem };
  if (response.status >= 500 || !problem.type) return unavailable(name, cause);
  const code = problem.type.slice(problemType("").length) as ErrorCode;
  return new HyperFaceError(code, problem.detail ?? problem.title ?? name, {
    cause,
    ...(problem.errors ? { errors: problem.errors } : {}),
  });
}
