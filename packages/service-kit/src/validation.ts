import { type ErrorPlace, HyperFaceError } from "@hyperface/contracts";
import type { Context } from "hono";

interface Issue {
  path: PropertyKey[];
  message: string;
  /** Of `unrecognized_keys`: the message has a line for each of the first of them. */
  keys?: string[];
  /** Of `invalid_union`: why the value is none of its kinds, one after another. */
  errors?: Issue[][];
}

/** zod-openapi's defaultHook: a failed schema becomes one problem that points at every place. */
export function rejectInvalid(
  result: { success: true } | { success: false; target: string; error: { issues: Issue[] } },
  c: Context,
): undefined {
  if (result.success) return;
  const { target, error } = result;
  // A misspelt name explains the one that is missing for it.
  const issues = error.issues
    .flatMap(issuesWithin)
    .toSorted((a, b) => Number(!a.keys) - Number(!b.keys));
  const errors = issues.flatMap((issue) => placesOf(target, issue));
  const [first] = errors;
  // A resource of an id or a name that none can have is simply not there.
  const named = errors.find(({ pointer }) => pointer === "id" || pointer === "name");
  if (target === "param" && named) {
    const detail = `there is nothing at ${c.req.path}: its ${named.pointer} ${named.detail}`;
    throw new HyperFaceError("not-found", detail);
  }
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  const detail = `${first?.pointer || "the body"}: ${first?.detail}${more}`;
  throw new HyperFaceError("invalid-request", detail, { errors: errors.slice(0, 20) });
}

const EXPECTED = /^Invalid input: expected (.+?)(?:, received (\w+))?$/;

/** Of a union: what is wrong with the one kind that the value is of, or else every kind that there is. */
function issuesWithin(issue: Issue): Issue[] {
  const { errors: kinds, path } = issue;
  if (!kinds) return [issue];
  const isOfKind = (issues: Issue[]) => issues.every((each) => each.keys ?? each.path.length > 0);
  const [meant, ...others] = kinds.filter(isOfKind);
  if (meant && others.length === 0) {
    return meant.flatMap((each) => issuesWithin({ ...each, path: [...path, ...each.path] }));
  }
  const expected = kinds.flat().map(({ message }) => EXPECTED.exec(message) ?? []);
  const [names, received] = [expected.map(([, name]) => name), expected.find((each) => each[2])];
  if (names.includes(undefined)) return [issue];
  const got = received ? `, received ${received[2]}` : "";
  return [{ path, message: `Invalid input: expected ${names.join(" or ")}${got}` }];
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
  const [, expected, received] = EXPECTED.exec(message) ?? [];
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
