import { isTraced, traced } from "@hyperface/tracing";

type Query = (...given: unknown[]) => Promise<unknown>;
interface Queried {
  query: unknown;
}

/** Has each query of a connection, or of a pool of them, be a span of what is under way. @returns it */
export function traceQueries<T extends Queried>(connection: T): T {
  const query = (connection.query as Query).bind(connection);
  connection.query = (...given: unknown[]) => {
    // A pool's own use of its connections is by a callback: its query is a span already.
    if (!isTraced() || typeof given.at(-1) === "function") return query(...given);
    return traceQuery(textOf(given[0]), () => query(...given));
  };
  return connection;
}

const textOf = (given: unknown) =>
  typeof given === "string" ? given : (given as { text: string }).text;

/** By OpenTelemetry's conventions; values are no part of the text, being its parameters. */
function traceQuery(text: string, query: () => Promise<unknown>): Promise<unknown> {
  const operation = /\w+/.exec(text)?.[0].toLowerCase() ?? "query";
  const table = /\b(?:from|into|update)\s+"?(\w+)/i.exec(text)?.[1];
  const attributes = {
    "db.system.name": "postgresql",
    "db.operation.name": operation,
    "db.query.text": text,
    ...(table ? { "db.collection.name": table } : {}),
  };
  const name = table ? `${operation} ${table}` : operation;
  return traced(name, { kind: "client", attributes }, query);
}
