import { because, jobOf } from "@hyperface/contracts";
import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { Logger } from "pino";
import { observeRequest } from "./metrics.ts";

/** A pino logger that can also note the failure a request ended in. */
export type ServiceLogger = Pick<Logger, "info" | "warn" | "error" | "debug"> & {
  fail(error: unknown): void;
};

const QUIET = new Set(["/health/live", "/health/ready", "/metrics"]);

/** One structured line and one set of metrics a request. */
export function logRequests(service: string, logger: ServiceLogger): MiddlewareHandler {
  return async (c, next) => {
    const started = performance.now();
    let failure: unknown;
    c.set("logger", Object.assign(Object.create(logger), { fail: (e: unknown) => (failure = e) }));
    const requestId: string = c.get("requestId");
    const jobId = jobOf(c.req.raw.headers);
    await because({ requestId, jobId }, next);
    const seconds = (performance.now() - started) / 1000;
    const route = routePath(c, -1);
    const { status } = c.res;
    observeRequest({ service, method: c.req.method, route, status }, seconds);
    if (QUIET.has(c.req.path)) return;
    const line = {
      ...{ requestId, jobId },
      client: c.get("client"),
      method: c.req.method,
      path: c.req.path,
      route,
      status,
      ms: Math.round(seconds * 1000),
    };
    if (status >= 500) logger.error({ ...line, err: failure }, "request");
    else
      logger.info(failure instanceof Error ? { ...line, why: failure.message } : line, "request");
  };
}
