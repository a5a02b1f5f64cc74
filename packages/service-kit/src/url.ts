import { HyperFaceError } from "@hyperface/contracts";
import type { MiddlewareHandler } from "hono";

/**
 * Refuses a path or query whose percent-encoding is no UTF-8, which would be taken as it stands, and a query's value
 * without a name, which would be passed over.
 */
export const checkUrl: MiddlewareHandler = async (c, next) => {
  const nameless = /\?(?:[^#]*&)?(=[^&#]{0,40})/.exec(c.req.url)?.[1];
  if (nameless) {
    const detail = `the query's ${nameless} has no name: write name=value`;
    throw new HyperFaceError("invalid-request", detail);
  }
  if (!c.req.url.includes("%")) return next();
  const { pathname, search } = new URL(c.req.url);
  for (const [part, name] of [
    [pathname, "path"],
    [search, "query"],
  ] as const) {
    try {
      decodeURIComponent(part);
    } catch (cause) {
      const detail = `the ${name}'s percent-encoding is not UTF-8: encode it with encodeURIComponent`;
      throw new HyperFaceError("invalid-request", detail, { cause });
    }
  }
  await next();
};
