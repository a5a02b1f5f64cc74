import { RateLimiterRes } from "rate-limiter-flexible";
import type { Database } from "../db/database.ts";
import { createCounter } from "./counter.ts";
import { type Limit, tellQuota, tooMuch } from "./limit.ts";

const WINDOW_SECONDS = 60;

/** Counts a client's requests in its minute, over all gateways of a database; each counts alone while that is away. */
export function createRateLimit(db: Database, requestsPerMinute: number): Limit {
  const limiter = createCounter(db, {
    keyPrefix: "",
    points: requestsPerMinute,
    duration: WINDOW_SECONDS,
    inMemoryBlockOnConsumed: requestsPerMinute + 1,
  });
  const quota = { name: "requests", q: requestsPerMinute, w: WINDOW_SECONDS } as const;
  return async (c, client) => {
    const state = await limiter.consume(client).catch((refused) => {
      if (refused instanceof RateLimiterRes) return refused;
      throw refused;
    });
    const seconds = Math.ceil(state.msBeforeNext / 1000);
    tellQuota(c, quota, state.remainingPoints, seconds);
    if (state.consumedPoints <= requestsPerMinute) return;
    throw tooMuch(c, seconds, `more than ${requestsPerMinute} requests in a minute`);
  };
}
