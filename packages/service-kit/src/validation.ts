import { type ErrorPlace, HyperFaceError } from "@hyperface/contracts";
import type { Context } from "hono";

interface Issue {
  path: PropertyKey[];
  message: string;
  /** Of `unrecognized_keys`: the message has a line for each of the first of them. */
  keys?: string[];
}

/** zod-openapi's defaultHook: a failed schema becomes one problem that points at every place. */
export function rejectInvalid(
  result: { success: true } | { success: false; target: string; error: { issues: Issue[] } },
  c: Context,
): undefined {
  if (result.success) return;
  const { target, error } = result;
  // A misspelt name explains the one that is missing for it.
  const issues = error.issues.toSorted((a, b) => Number(!a.keys) - Number(!b.keys));
  const errors = issues.flatMap((issue) => placesOf(target, issue));
  const [first] = errors;
  // A resource of an id that none can have is simply not there.
  if (target === "param" && errors.some(({ pointer }) => pointer === "id")) {
    const detail = `there is nothing at ${c.req.path}: its id ${first?.detail}`;
    throw new HyperFaceError("not-found", detail);
  }
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  const detail = `${first?.pointer || "the body"}: ${first?.detail}${more}`;
  throw new HyperFaceError("invalid-request", detail, { errors: errors.slice(0, 20) });
}

function placesOf(target: string, { path, message, keys }: Issue): ErrorPlace[] {
  if (!keys) return [{ pointer: pointerTo(target, path), detail: reword(target, message) }];
  return message.split("\n").map((detail, k) => {
    const name = (keys[k] as string).slice(0, 60);
    return { pointer: pointerTo(target, [...path, name]), detail };
  });
}

/** What is not given once, in words that are not JavaScript's. */
function reword(target: string, message: string): string {
  const [, expected, received] =
    /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (received === "undefined") return `is missing: it must be given, as ${expected}`;
  if (received === "array" && target === "query") return `must be given once, as ${expected}`;
  return message;
}

/** An RFC 6901 pointer into a body; the name of a parameter. */
function pointerTo(target: string, path: PropertyKey[]): string {
  const names = path.map(String);
  if (target !== "json" && target !== "form") return names.join(".");
  return names.map((name) => `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
