import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import type { ServiceLogger } from "./requests.ts";

export interface Listening {
  url: string;
  /** Stops accepting, ends open streams, then lets go of what the service holds. */
  close(): Promise<void>;
}

interface Served {
  fetch: (request: Request) => Response | Promise<Response>;
}

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
    const server = serve({ fetch: app.fetch, port, hostname }, ({ port: bound }: AddressInfo) =>
      resolve({ url: `http://127.0.0.1:${bound}`, close }),
    ) as Server;
    server.on("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(taken ? new Error(`port ${port} is taken: set PORT to a free one`) : error);
    });

    const close = async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeIdleConnections();
      // Streams never end by themselves; requests under way get a moment to.
      setTimeout(() => server.closeAllConnections(), 2000).unref();
      await closed;
      await options.close?.();
    };
  });
}

/** Closes `listening` on SIGTERM or SIGINT and ends the process; a second signal ends it at once. */
export function closeOnSignals(listening: Listening, logger: ServiceLogger): void {
  let closing = false;
  const shutDown = async (signal: NodeJS.Signals) => {
    if (closing) process.exit(1);
    closing = true;
    logger.info({ signal }, "shutting down");
    await listening.close();
    process.exit(0);
  };
  process.on("SIGTERM", shutDown);
  process.on("SIGINT", shutDown);
}
