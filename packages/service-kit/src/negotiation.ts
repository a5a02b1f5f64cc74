import { HyperFaceError } from "@hyperface/contracts";
import type { Context } from "hono";
import Negotiator from "negotiator";

/**
 * The one of `offered` media types that the request's Accept header prefers (RFC 9110, 12.5.1); the first
 * offered among equals, and where there is no header.
 * The answer varies with that header, and says so.
 * @throws HyperFaceError `not-acceptable` where none matches
 */
export function negotiate<T extends string>(c: Context, offered: readonly T[]): T {
  c.header("vary", "Accept");
  const accept = c.req.header("accept") || "*/*";
  const preferred = new Negotiator({ headers: { accept } }).mediaType([...offered]);
  const match = offered.find((media) => media === preferred);
  if (match) return match;
  throw new HyperFaceError(
    "not-acceptable",
    `Accept: ${accept} matches none of ${offered.join(", ")}`,
  );
}

/**
 * The request body's media type, without parameters.
 * @throws HyperFaceError `unsupported-media-type` where it is none of `accepted`
 */
export function contentType<T extends string>(c: Context, accepted: readonly T[]): T {
  const header = c.req.header("content-type") ?? "";
  const media = (header.split(";")[0] as string).trim().toLowerCase();
  const match = accepted.find((type) => type === media);
  if (match) return match;
  const said = media ? `Content-Type ${media} is not accepted` : "there is no Content-Type header";
  throw new HyperFaceError("unsupported-media-type", `${said}: send ${accepted.join(" or ")}`);
}

/**
 * An answer that is not JSON, of a route that may answer JSON: its handler's type knows of no other.
 */
export const notJson = (response: Response): never => response as never;

/**
 * The JSON body of a route that takes other media types too, as its schema made it: validated before the
 * handler, though the route's type cannot tell. Only where {@link contentType} says application/json.
 */
export const validatedJson = <T>(c: Context): T => c.req.valid("json" as never) as T;
