import type { IncomingMessage } from "node:http";
import { HyperFaceError } from "@hyperface/contracts";
import type { Context } from "hono";

export const clientLeft = (cause: unknown) =>
  new HyperFaceError("client-left", "the client closed the connection", { cause });

/** What the server tells a request of itself. */
export interface ServerBindings {
  /** Aborts when the server ends and can wait no longer. */
  closing?: AbortSignal;
  /** The connection to the client, where it is one. */
  outgoing?: { destroy(): void };
  incoming?: IncomingMessage;
}

/**
 * Aborts with HyperFaceError `client-left` when the client of a request closes its connection, with
 * `service-unavailable` when the server ends.
 */
export function clientSignal(c: Context): AbortSignal {
  const { closing } = (c.env ?? {}) as ServerBindings;
  const ended = new AbortController();
  const endWith = (signal: AbortSignal, reason: (given: unknown) => unknown) => {
    const end = () => ended.abort(reason(signal.reason));
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  };
  endWith(c.req.raw.signal, clientLeft);
  if (closing) endWith(closing, (reason) => reason);
  return ended.signal;
}

/** Whether a request failed because its client is gone: an upload that breaks off fails before the signal aborts. */
export const hasLeft = (c: Context, error: unknown): boolean =>
  c.req.raw.signal.aborted || BROKEN_OFF.has((error as NodeJS.ErrnoException)?.code ?? "");

const BROKEN_OFF = new Set(["ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE"]);
