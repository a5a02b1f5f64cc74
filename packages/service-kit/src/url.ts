import { HyperFaceError } from "@hyperface/contracts";
import type { MiddlewareHandler } from "hono";

/** Refuses a path or query whose percent-encoding is no UTF-8: it would be taken as it stands. */
export const checkUrl: MiddlewareHandler = async (c, next) => {
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
