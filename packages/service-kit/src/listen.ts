import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { shuttingDown } from "@hyperface/contracts";
import type { ServerBindings } from "./leaving.ts";
import type { ServiceLogger } from "./logger.ts";

export interface Listening {
  url: string;
  /**
   * Stops accepting. Requests under way get a moment to end, those that work longer are told to: they answer 503. Then
   * open streams are cut, and what the service holds is let go of.
   */
  close(): Promise<void>;
}

interface Served {
  fetch: (request: Request, bindings: ServerBindings) => Response | Promise<Response>;
}

/** How long requests under way may go on, milliseconds. */
const LAST_REQUESTS = 2000;
/** How long what was told to end may take to say so, milliseconds. */
const LAST_ANSWERS = 1000;

/** How long a request may take to arrive whole, an archive on a slow line too: a service bounds others by itself. */
const REQUEST_MS = 3600_000;

/**
 * How long an idle connection is kept: longer than proxies and clients keep theirs (60 s are usual), so that they close
 * it, and no request is sent down one that the server is closing.
 */
const KEEP_ALIVE_MS = 65_000;

/**
 * Serves `app` on `port` (0: any free one).
 * @throws Error naming the port where it is taken
 */
export function listen(
  app: Served,
  options: { port: number; hostname?: string; close?: () => Promise<unknown> },
): Promise<Listening> {
  const { port, hostname = "127.0.0.1" } = options;
  return new Promise((resolve, reject) => {
    const underWay = new Set<AbortController>();
    const answer = async (request: Request, bindings: object) => {
      const closing = new AbortController();
      underWay.add(closing);
      try {
        return await app.fetch(request, { ...bindings, closing: closing.signal });
      } finally {
        underWay.delete(closing);
      }
    };
    const server = serve({ fetch: answer, port, hostname }, ({ port: bound }: AddressInfo) =>
      resolve({ url: `http://127.0.0.1:${bound}`, close }),
    ) as Server;
    server.requestTimeout = REQUEST_MS;
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.on("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(taken ? new Error(`port ${port} is taken: set PORT to a free one`) : error);
    });

    const close = async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeIdleConnections();
      const refuse = setTimeout(() => {
        for (const closing of underWay) closing.abort(shuttingDown());
      }, LAST_REQUESTS);
      // Streams never end by themselves.
      const cut = setTimeout(() => server.closeAllConnections(), LAST_REQUESTS + LAST_ANSWERS);
      await closed;
      clearTimeout(refuse);
      clearTimeout(cut);
      await options.close?.();
    };
  });
}

/** Closes `listening` on SIGTERM or SIGINT and ends the process; a second signal ends it at once, as if nobody had handled it. */
export function closeOnSignals(listening: Listening, logger: ServiceLogger): void {
  let closing = false;
  const shutDown = async (signal: NodeJS.Signals) => {
    if (closing) {
      // Not by exit, which takes down what native threads still use, and ends in an abort.
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
      return;
    }
    closing = true;
    logger.info({ signal }, "shutting down");
    await listening.close();
    process.exit(0);
  };
  process.on("SIGTERM", shutDown);
  process.on("SIGINT", shutDown);
}
