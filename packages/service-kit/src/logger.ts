import { type DestinationStream, type Logger, pino } from "pino";

export type ServiceLogger = Pick<Logger, "info" | "warn" | "error" | "debug">;

/**
 * Structured log of a service, a line of JSON an entry.
 * @param to default: standard error, so that standard output stays a program's own
 */
export const createLogger = (
  name: string,
  level: string,
  to: DestinationStream = pino.destination({ fd: 2, sync: false }),
): ServiceLogger => pino({ name, level }, to);
