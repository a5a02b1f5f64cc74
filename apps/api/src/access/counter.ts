import { RateLimiterDrizzle, RateLimiterMemory } from "rate-limiter-flexible";
import type { Database } from "../db/database.ts";
import { rateLimits } from "../db/schema.ts";

export interface CounterOptions {
  /** What its rows are told from another's by. */
  keyPrefix: string;
  /** As many as a client may have in a window. */
  points: number;
  /** Of the window, seconds. */
  duration: number;
  /** From how many points on a client costs no more queries until its window is over. */
  inMemoryBlockOnConsumed?: number;
}

/** Counts of each client, over all gateways of a database; each counts alone while that is away. */
export const createCounter = (db: Database, options: CounterOptions) =>
  new RateLimiterDrizzle({
    ...options,
    storeClient: db,
    schema: rateLimits,
    insuranceLimiter: new RateLimiterMemory({
      points: options.points,
      duration: options.duration,
    }),
  });
