import { HyperFaceError, innermost } from "@hyperface/contracts";

/** The connection was lost or refused: the same statement may succeed when the database is back. */
const PASSING_CODES = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"],
  // PostgreSQL: shut down by an administrator, crashed, starting up, too many connections.
  ...["57P01", "57P02", "57P03", "53300"],
]);
/** PostgreSQL's, of a file that cannot grow. */
const DISK_FULL = "53100";
const PASSING_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** What a failure of the database that may pass is to a client; undefined where it is another failure. */
export function databaseFailure(error: unknown): HyperFaceError | undefined {
  if ((innermost(error) as { code?: string } | undefined)?.code === DISK_FULL) {
    const detail = "there is no space left for the database";
    return new HyperFaceError("storage-full", detail, { cause: error });
  }
  if (!isPassing(error)) return undefined;
  return new HyperFaceError("service-unavailable", "the database is not to be had: try again", {
    cause: error,
  });
}

/** A failure as the log tells it: of the database as what it is, any other as it was thrown. */
export const explain = (error: unknown) => databaseFailure(error) ?? error;

/** A driver's error lies under that of the query builder, or among an aggregate's. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = "" } = error as { code?: string };
  if (PASSING_CODES.has(code) || code.startsWith("08") || PASSING_MESSAGE.test(error.message)) {
    return true;
  }
  if (error instanceof AggregateError && error.errors.some(isPassing)) return true;
  return isPassing(error.cause);
}
