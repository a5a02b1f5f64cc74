import { randomBytes } from "node:crypto";
import { errorAt, type IdPrefix } from "@hyperface/contracts";

/** An id that sorts by the time it was made, e.g. gal_m8x2k1c0a3f9d27b6e. */
export const newId = (prefix: IdPrefix) =>
  `${prefix}_${Date.now().toString(36).padStart(9, "0")}${randomBytes(8).toString("hex")}`;

/** An opaque cursor that stands after `key`. */
export const toCursor = (key: string) => Buffer.from(key).toString("base64url");

/** @throws HyperFaceError `invalid-request` where it is none of ours */
export function fromCursor(cursor: string, pattern: RegExp): string {
  const key = Buffer.from(cursor, "base64url").toString();
  if (pattern.test(key)) return key;
  const detail = "cursor is not one of a page of this list: start without it";
  throw errorAt("invalid-request", "cursor", detail);
}
