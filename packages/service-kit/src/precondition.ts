import { HyperFaceError } from "@hyperface/contracts";
import type { MiddlewareHandler } from "hono";

const CHANGING = new Set(["PUT", "PATCH", "DELETE"]);

/**
 * Refuses a change whose If-Match names a state of what is changed (RFC 9110, 13.1.1). No resource that can be changed
 * has an entity tag: no tag is its own, and only `*` is any that there is.
 */
export const checkPrecondition: MiddlewareHandler = async (c, next) => {
  const tags = c.req.header("if-match");
  if (tags === undefined || tags.trim() === "*" || !CHANGING.has(c.req.method)) return next();
  const detail = `If-Match ${tags.slice(0, 80)} is not what ${c.req.path} has, which has no entity tag: leave it out`;
  throw new HyperFaceError("precondition-failed", detail);
};
