import { HyperFaceError } from "@hyperface/contracts";
import type { Context } from "hono";

export const clientLeft = (cause: unknown) =>
  new HyperFaceError("client-left", "the client closed the connection", { cause });

/** Aborts with HyperFaceError `client-left` when the client of a request closes its connection. */
export function clientSignal(c: Context): AbortSignal {
  const { signal } = c.req.raw;
  const left = new AbortController();
  const leave = () => left.abort(clientLeft(signal.reason));
  if (signal.aborted) leave();
  else signal.addEventListener("abort", leave, { once: true });
  return left.signal;
}

/** Whether a request failed because its client is gone: an upload that breaks off fails before the signal aborts. */
export const hasLeft = (c: Context, error: unknown): boolean =>
  c.req.raw.signal.aborted || BROKEN_OFF.has((error as NodeJS.ErrnoException)?.code ?? "");

const BROKEN_OFF = new Set(["ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE"]);
