import { OpenAPIHono } from "@hono/zod-openapi";
import { HyperFaceError, logFailure } from "@hyperface/contracts";
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { limitArrival } from "./arrival.ts";
import { compressAnswers } from "./compression.ts";
import { serveDocs } from "./docs.ts";
import { type DocumentInfo, describeApi } from "./document.ts";
import type { ServiceLogger } from "./logger.ts";
import { answerUnrouted, dropBodyOfHead } from "./methods.ts";
import { metricsText, metricsType, observeProcess } from "./metrics.ts";
import { asDomainError, problemResponse } from "./problems.ts";
import { logRequests } from "./requests.ts";
import { checkUrl } from "./url.ts";
import { rejectInvalid } from "./validation.ts";

export interface ServiceVariables {
  requestId: string;
  /** What a request failed by, for the log. */
  failure?: unknown;
  /** The key that a request came with. */
  client?: string;
}
export type ServiceApp = OpenAPIHono<{ Variables: ServiceVariables }>;

export interface ServiceOptions extends DocumentInfo {
  /** Name in logs and metrics, e.g. "embed-svc". */
  name: string;
  logger: ServiceLogger;
  /** By name, what the service needs to work: each resolves when it is there. /health/ready reports each. */
  ready?: Record<string, () => Promise<unknown>>;
  /** A thrown value that a client can act on, as a domain error; undefined where the fault is ours. */
  explain?: (error: unknown) => HyperFaceError | undefined;
  /** Sees every request and its answer, what `guard` refuses too. */
  audit?: MiddlewareHandler | undefined;
  /** Decides who is answered, before anything is read; everyone is without one. */
  guard?: MiddlewareHandler | undefined;
  /** Largest request body in bytes. */
  maxBodyBytes?: number;
  /** How long a body may take to arrive whole. */
  bodySeconds?: number;
  /** Whose body its route reads as it comes, bounds by itself, and may wait for: an archive on a slow line. */
  isStreamed?: (c: Context) => boolean;
}

/**
 * A service with what all services share: request ids, one log line a request, problem+json errors,
 * /health/live, /health/ready, /metrics, /openapi.json and /docs; OPTIONS and 405 by the routes that there are.
 */
export function createService(options: ServiceOptions): ServiceApp {
  const { name, logger, maxBodyBytes = 64 * 2 ** 20, bodySeconds = 300 } = options;
  const { isStreamed = () => false } = options;
  const app: ServiceApp = new OpenAPIHono({ defaultHook: rejectInvalid });
  observeProcess();

  app.use(secureHeaders({ strictTransportSecurity: false }));
  app.use(keepToHttps);
  app.use(requestId());
  app.use(logRequests(name, logger));
  app.use(dropBodyOfHead);
  app.use(compressAnswers);
  app.use(checkUrl);
  if (options.audit) app.use(options.audit);
  if (options.guard) app.use(options.guard);
  const limitBody = bodyLimit({
    maxSize: maxBodyBytes,
    onError: () => {
      const limit = `${Math.floor(maxBodyBytes / 2 ** 20)} MiB`;
      throw new HyperFaceError("body-too-large", `the body exceeds ${limit}: send less at a time`);
    },
  });
  const inTime = limitArrival(bodySeconds);
  app.use((c, next) => (isStreamed(c) ? next() : inTime(c, next)));
  app.use((c, next) => (isStreamed(c) || isWithoutBody(c) ? next() : limitBody(c, next)));
  const explain = (error: unknown) => options.explain?.(error) ?? error;
  app.onError(async (error, c) => {
    const known = await asDomainError(c, explain(error));
    c.set("failure", known ?? error);
    return problemResponse(c, known);
  });
  app.notFound((c) => answerUnrouted(app, c));

  app.get("/health/live", (c) => c.json({ status: "live" }));
  app.get("/health/ready", async (c) => {
    const needs = await checkNeeds(options.ready ?? {}, (err, need) =>
      logFailure(logger, explain(err), { need }, "not ready"),
    );
    const missing = Object.keys(needs).filter((need) => needs[need] !== "ready");
    if (missing.length === 0) return c.json({ status: "ready", needs });
    throw new HyperFaceError("service-unavailable", `${name} is not ready: ${missing.join(", ")}`, {
      errors: missing.map((need) => ({ pointer: need, detail: "not ready" })),
    });
  });
  app.get("/metrics", async (c) =>
    c.body(await metricsText(), 200, { "content-type": metricsType }),
  );
  app.get("/openapi.json", (c) => c.json(describeApi(app, options)));
  serveDocs(app, options);
  return app;
}

/** A request whose body nobody can read: to look whether it has one takes longer than all else before its route. */
const isWithoutBody = ({ req }: Context) => req.method === "GET" || req.method === "HEAD";

/** Strict-Transport-Security, for a client that asked by https: of this process or of the proxy before it (RFC 6797, 7.2). */
const keepToHttps: MiddlewareHandler = async (c, next) => {
  await next();
  const asked = c.req.header("x-forwarded-proto") ?? c.req.url.slice(0, c.req.url.indexOf(":"));
  if (asked === "https") c.header("strict-transport-security", "max-age=15552000");
};

/** Each need's state, asked at once; why one is not ready stands in the log alone. */
async function checkNeeds(
  needs: Record<string, () => Promise<unknown>>,
  failed: (error: unknown, need: string) => void,
) {
  const states = Object.entries(needs).map(async ([need, check]) => {
    try {
      await check();
      return [need, "ready"] as const;
    } catch (error) {
      failed(error, need);
      return [need, "not ready"] as const;
    }
  });
  return Object.fromEntries(await Promise.all(states));
}
