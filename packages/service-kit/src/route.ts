import { createRoute as createHonoRoute, type RouteConfig } from "@hono/zod-openapi";
import { strictObject } from "@hyperface/contracts";
import { readsUtf8 } from "./utf8.ts";

/**
 * zod-openapi's createRoute, with what holds for every route: a query of which nothing is declared has no names, and
 * a JSON body is UTF-8.
 */
export function createRoute<P extends string, R extends Omit<RouteConfig, "path"> & { path: P }>(
  config: R,
) {
  const { request = {} } = config;
  const { query = strictObject({}) } = request;
  const takesJson = "application/json" in (request.body?.content ?? {});
  return createHonoRoute<P, R>({
    ...config,
    request: { ...request, query },
    ...(takesJson ? { middleware: readsUtf8 } : {}),
  });
}
