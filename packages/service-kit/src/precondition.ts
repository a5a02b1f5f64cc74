import { createHash } from "node:crypto";
import type { z } from "@hono/zod-openapi";
import { HyperFaceError } from "@hyperface/contracts";
import type { Context } from "hono";
import { matchesEtag } from "./etag.ts";
import { HEADERS } from "./headers.ts";

const headers = { etag: HEADERS.etag };

/** A strong entity tag of a resource's state, as clients are told it. */
const etagOf = (state: object) =>
  `"${createHash("sha256").update(JSON.stringify(state)).digest("base64url")}"`;

/** The answer that tells a resource's state, for the OpenAPI `responses` of routes. */
export const stateAnswer = <T extends z.ZodType>(description: string, schema: T) => ({
  200: { description, headers, content: { "application/json": { schema } } },
});

/** The same, of a route that only reads it. */
export const stateAnswers = <T extends z.ZodType>(description: string, schema: T) => ({
  ...stateAnswer(description, schema),
  304: { description: "The ETag of If-None-Match is still right", headers },
});

/** A resource's state, with its ETag. */
export function answerState<T extends object>(c: Context, state: T) {
  c.header("etag", etagOf(state));
  return c.json(state, 200);
}

/** The same, or that it is still the one that If-None-Match names. */
export function answerStateOrUnchanged<T extends object>(c: Context, state: T) {
  const etag = etagOf(state);
  if (matchesEtag(c.req.header("if-none-match"), etag)) return c.body(null, 304, { etag });
  return answerState(c, state);
}

/** Refuses a change of what is not as the client thinks. @throws HyperFaceError `precondition-failed` */
export type Precondition = (state: object) => void;

/**
 * A request's If-Match (RFC 9110, 13.1.1). Tags are compared weakly: ours become weak by compression alone, and name the
 * same state then.
 */
export function preconditionOf(c: Context): Precondition {
  const named = c.req.header("if-match");
  return (state) => {
    if (named === undefined) return;
    const etag = etagOf(state);
    if (matchesEtag(named, etag)) return;
    const detail = `If-Match ${named.slice(0, 80)} is not ${c.req.path} as it is now, ${etag}: look at it again`;
    throw new HyperFaceError("precondition-failed", detail);
  };
}
