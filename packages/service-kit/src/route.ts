import { createRoute as createHonoRoute, type RouteConfig } from "@hono/zod-openapi";
import { strictObject } from "@hyperface/contracts";
import type { MiddlewareHandler } from "hono";
import { every } from "hono/combine";
import { HEADERS } from "./headers.ts";
import { checkJsonBody } from "./json-body.ts";
import { anyProblem, problems } from "./problems.ts";

type Responses = RouteConfig["responses"];

/** When an operation is given up: it is told by each of its answers. */
export interface Deprecation {
  /** From when on nobody should begin to use it. */
  since: Date;
  /** From when on it may be gone. */
  sunset?: Date;
  /** What says what to use instead. */
  successor?: string;
}

/**
 * zod-openapi's createRoute, with what holds for every route: a query of which nothing is declared has no names,
 * a JSON body is UTF-8 and has no key twice, every answer has its request's id, and whatever else goes wrong is a problem too.
 */
export function createRoute<P extends string, R extends Omit<RouteConfig, "path"> & { path: P }>(
  config: R & { deprecation?: Deprecation },
) {
  const { request = {}, responses, deprecation } = config;
  const { query = strictObject({}) } = request;
  const takesJson = "application/json" in (request.body?.content ?? {});
  const steps = [
    ...(deprecation ? [tellDeprecation(deprecation)] : []),
    ...(takesJson ? [checkJsonBody] : []),
  ];
  return createHonoRoute<P, R>({
    ...config,
    ...(deprecation ? { deprecated: true } : {}),
    request: { ...request, query },
    responses: withHeaders({ ...problems(400), ...responses, default: anyProblem }),
    // One function: a list of them would stand in the document.
    ...(steps.length > 0 ? { middleware: every(...steps) } : {}),
  });
}

function withHeaders(responses: Responses): Responses {
  const all = Object.entries(responses).map(([status, response]) => {
    if ("$ref" in response) return [status, response];
    const retry = status === "503" ? { "retry-after": HEADERS.retryAfter } : {};
    const headers = { "x-request-id": HEADERS.requestId, ...retry, ...response.headers };
    return [status, { ...response, headers }];
  });
  return Object.fromEntries(all);
}

/** The headers of RFC 9745 and RFC 8594. */
function tellDeprecation({ since, sunset, successor }: Deprecation): MiddlewareHandler {
  return async (c, next) => {
    await next();
    c.header("deprecation", `@${Math.floor(since.getTime() / 1000)}`);
    if (sunset) c.header("sunset", sunset.toUTCString());
    if (successor) c.header("link", `<${successor}>; rel="successor-version"`, { append: true });
  };
}
