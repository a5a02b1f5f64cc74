import { because, jobOf, logFailure } from "@hyperface/contracts";
import { isTracing, type TraceCarrier, traced, traceId } from "@hyperface/tracing";
import type { Context, MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { ServiceLogger } from "./logger.ts";
import { observeRequest } from "./metrics.ts";

const QUIET = new Set(["/health/live", "/health/ready", "/metrics"]);

/** One structured line and one set of metrics a request. */
export function logRequests(service: string, logger: ServiceLogger): MiddlewareHandler {
  return async (c, next) => {
    const started = performance.now();
    const requestId: string = c.get("requestId");
    const jobId = jobOf(c.req.raw.headers);
    const answer = () => because({ requestId, jobId }, next);
    const trace = QUIET.has(c.req.path) ? await answer() : await traceRequest(c, answer);
    const seconds = (performance.now() - started) / 1000;
    const route = routePath(c, -1);
    const { status } = c.res;
    observeRequest({ service, method: c.req.method, route, status }, seconds);
    if (QUIET.has(c.req.path)) return;
    const line = {
      ...{ requestId, jobId, ...trace },
      client: c.get("client"),
      method: c.req.method,
      path: c.req.path,
      route,
      status,
      ms: Math.round(seconds * 1000),
    };
    const failure: unknown = c.get("failure");
    if (failure) logFailure(logger, failure, line, "request");
    else logger.info(line, "request");
  };
}

/** A request as a span of its client's trace. @returns the trace, for the log */
const traceRequest = async (c: Context, answer: () => Promise<void>) => {
  if (!isTracing()) {
    await answer();
    return {};
  }
  const { method, path } = c.req;
  const from = pick(c.req.raw.headers, ["traceparent", "tracestate"]);
  const attributes = {
    "http.request.method": method,
    "url.path": path,
    "url.scheme": new URL(c.req.url).protocol.slice(0, -1),
  };
  return traced(method, { kind: "server", attributes, from }, async (span) => {
    await answer();
    const { status } = c.res;
    const route = routePath(c, -1);
    span.name(`${method} ${route}`);
    span.attributes({ "http.route": route, "http.response.status_code": status });
    if (status >= 500) span.failed(`${status}`);
    return { traceId: traceId() };
  });
};

const pick = (headers: Headers, names: readonly string[]): TraceCarrier =>
  Object.fromEntries([...headers].filter(([name]) => names.includes(name)));
