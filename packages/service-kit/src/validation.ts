import { HyperFaceError } from "@hyperface/contracts";
import type { Context } from "hono";

interface Issue {
  path: PropertyKey[];
  message: string;
}

/** zod-openapi's defaultHook: a failed schema becomes one problem that points at every place. */
export function rejectInvalid(
  result: { success: true } | { success: false; target: string; error: { issues: Issue[] } },
  _c: Context,
): undefined {
  if (result.success) return;
  const errors = result.error.issues.map((issue) => ({
    pointer: place(result.target, issue.path),
    detail: issue.message,
  }));
  const first = errors[0];
  throw new HyperFaceError(
    "invalid-request",
    `${first?.pointer || "the body"}: ${first?.detail}${errors.length > 1 ? ` (and ${errors.length - 1} more)` : ""}`,
    { errors: errors.slice(0, 20) },
  );
}

function place(target: string, path: PropertyKey[]): string {
  if (target === "json" || target === "form") return path.map((key) => `/${String(key)}`).join("");
  return path.map(String).join(".");
}
