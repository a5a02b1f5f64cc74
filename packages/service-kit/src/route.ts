import { createRoute as createHonoRoute, type RouteConfig } from "@hono/zod-openapi";
import { strictObject } from "@hyperface/contracts";
import { HEADERS } from "./headers.ts";
import { checkJsonBody } from "./json-body.ts";
import { anyProblem, problems } from "./problems.ts";

type Responses = RouteConfig["responses"];

/**
 * zod-openapi's createRoute, with what holds for every route: a query of which nothing is declared has no names,
 * a JSON body is UTF-8 and has no key twice, every answer has its request's id, and whatever else goes wrong is a problem too.
 */
export function createRoute<P extends string, R extends Omit<RouteConfig, "path"> & { path: P }>(
  config: R,
) {
  const { request = {}, responses } = config;
  const { query = strictObject({}) } = request;
  const takesJson = "application/json" in (request.body?.content ?? {});
  return createHonoRoute<P, R>({
    ...config,
    request: { ...request, query },
    responses: withHeaders({ ...problems(400), ...responses, default: anyProblem }),
    ...(takesJson ? { middleware: checkJsonBody } : {}),
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
