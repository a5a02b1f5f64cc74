import { HyperFaceError } from "@hyperface/contracts";
import type { Context } from "hono";
import { RateLimiterDrizzle, RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { Database } from "../db/database.ts";
import { rateLimits } from "../db/schema.ts";

const WINDOW_SECONDS = 60;

/**
 * Counts a client's requests in its minute, over all gateways of a database; each counts alone while that is away.
 * An answer says how many are left by the headers of draft-ietf-httpapi-ratelimit-headers.
 * @returns what throws HyperFaceError `rate-limited` where there were too many
 */
export function createRateLimit(db: Database, requestsPerMinute: number) {
  const options = { points: requestsPerMinute, duration: WINDOW_SECONDS };
  const limiter = new RateLimiterDrizzle({
    ...options,
    storeClient: db,
    schema: rateLimits,
    keyPrefix: "",
    // Whoever is over the limit costs no more queries until the minute is over.
    inMemoryBlockOnConsumed: requestsPerMinute + 1,
    insuranceLimiter: new RateLimiterMemory(options),
  });
  return async (c: Context, client: string): Promise<void> => {
    const state = await limiter.consume(client).catch((refused) => {
      if (refused instanceof RateLimiterRes) return refused;
      throw refused;
    });
    const seconds = Math.ceil(state.msBeforeNext / 1000);
    c.header("ratelimit-policy", `"requests";q=${requestsPerMinute};w=${WINDOW_SECONDS}`);
    c.header("ratelimit", `"requests";r=${state.remainingPoints};t=${seconds}`);
    if (state.consumedPoints <= requestsPerMinute) return;
    c.header("retry-after", `${seconds}`);
    const detail = `more than ${requestsPerMinute} requests in a minute: go on in ${seconds} s`;
    throw new HyperFaceError("rate-limited", detail);
  };
}
