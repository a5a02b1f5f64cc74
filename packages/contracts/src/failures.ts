import { type ErrorCode, HyperFaceError } from "./errors.ts";
import { problemType } from "./problem.ts";

/** Of a structured logger such as pino what tells of failures. */
type Log = Record<"info" | "warn" | "error", (line: object, message: string) => void>;

/** Problems that operators must look at. Any other of a known kind is of its client's making. */
const LEVELS: Partial<Record<ErrorCode, "warn" | "error">> = {
  "damaged-object": "error",
  "missing-object": "error",
  "storage-full": "warn",
  "invalid-checkpoint": "warn",
  "job-failed": "warn",
  overloaded: "warn",
  "service-unavailable": "warn",
  timeout: "warn",
};

/**
 * Says a failure in one line, as loudly as its kind deserves: at level info what a client caused, at warn or error
 * what operators must look at, by its problem's type and why. Only what no kind explains, and a developer must mend,
 * comes with its stack.
 * @param failure as a domain error wherever it is one
 * @param line what else the line says, such as `requestId` and `jobId`
 */
export function logFailure(logger: Log, failure: unknown, line: object, message: string): void {
  if (!(failure instanceof HyperFaceError)) {
    logger.error({ ...line, err: failure }, message);
    return;
  }
  const { code } = failure;
  const said = { ...line, problem: problemType(code), why: whyOf(failure) };
  logger[LEVELS[code] ?? "info"](said, message);
}

/** Its message, and that of what lies under it, such as a connection that was refused. */
function whyOf(failure: HyperFaceError): string {
  const reason = innermost(failure);
  return reason instanceof Error && reason !== failure
    ? `${failure.message}: ${reason.message}`
    : failure.message;
}

/** What lies under a failure: a driver wraps its reason, and may leave the outer message empty. */
export function innermost(failure: unknown): unknown {
  let reason = failure;
  while (reason instanceof Error && (reason.cause || reason instanceof AggregateError)) {
    reason = reason instanceof AggregateError ? reason.errors[0] : reason.cause;
  }
  return reason;
}
