import type { MiddlewareHandler } from "hono";
import type { ServerBindings } from "./leaving.ts";

/** Closes the connection of a request whose body has not arrived whole after so many seconds, as Node does by its own limit: 408. */
export function limitArrival(seconds: number): MiddlewareHandler {
  return (c, next) => {
    const { incoming } = (c.env ?? {}) as ServerBindings;
    if (!incoming || incoming.complete) return next();
    const late = setTimeout(() => {
      if (incoming.complete) return;
      incoming.socket.end("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n", () =>
        incoming.socket.destroy(),
      );
    }, seconds * 1000);
    late.unref();
    incoming.once("close", () => clearTimeout(late));
    return next();
  };
}
