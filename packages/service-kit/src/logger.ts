import { pino } from "pino";
import type { ServiceLogger } from "./requests.ts";

/** Structured log of a service on standard error, so that standard output stays a program's own. */
export function createLogger(name: string, level: string): ServiceLogger {
  const logger = pino({ name, level }, pino.destination({ fd: 2, sync: false }));
  return Object.assign(logger, { fail: (error: unknown) => logger.error({ err: error }) });
}
