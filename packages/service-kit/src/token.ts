import { createHash, timingSafeEqual } from "node:crypto";
import { HyperFaceError } from "@hyperface/contracts";
import type { MiddlewareHandler } from "hono";

/** Lets through who sends the services' own secret; undefined, for no guard at all, where there is none. */
export function guardByToken(token: string | undefined): MiddlewareHandler | undefined {
  if (token === undefined) return undefined;
  const wanted = digest(`Bearer ${token}`);
  return async (c, next) => {
    if (c.req.path.startsWith("/v1/")) {
      const sent = digest(c.req.header("authorization") ?? "");
      if (!timingSafeEqual(sent, wanted)) {
        const detail = "this service answers those that know its SERVICE_TOKEN: ask the gateway";
        throw new HyperFaceError("unauthenticated", detail);
      }
    }
    await next();
  };
}

const digest = (text: string) => createHash("sha256").update(text).digest();
