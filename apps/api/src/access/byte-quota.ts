import type { Context } from "hono";
import type { Database } from "../db/database.ts";
import { createCounter } from "./counter.ts";
import { type Limit, tellQuota, tooMuch } from "./limit.ts";

const WINDOW_SECONDS = 24 * 3600;
/** What is counted by: a day's bytes are more than the library's integers hold. */
const KIB = 1024;

/**
 * Counts the bytes of a client's answers in its day, before they are compressed, over all gateways of a database.
 * An answer that began within the quota is sent whole, and counts when its last byte has left.
 * @param onError told where the database did not take what was counted
 */
export function createByteQuota(
  db: Database,
  mebibytesPerDay: number,
  onError: (error: unknown) => void,
): Limit {
  const options = { points: mebibytesPerDay * KIB, duration: WINDOW_SECONDS };
  const limiter = createCounter(db, { ...options, keyPrefix: "bytes" });
  const quota = {
    name: "bytes",
    q: options.points * KIB,
    unit: "content-bytes",
    w: WINDOW_SECONDS,
  } as const;
  const count = (client: string, bytes: number) => {
    if (bytes > 0) limiter.penalty(client, Math.ceil(bytes / KIB)).catch(onError);
  };
  return async (c, client) => {
    const state = await limiter.get(client);
    const left = Math.max(0, options.points - (state?.consumedPoints ?? 0));
    const seconds = Math.ceil((state?.msBeforeNext ?? WINDOW_SECONDS * 1000) / 1000);
    tellQuota(c, quota, left * KIB, seconds);
    if (left === 0) throw tooMuch(c, seconds, `more than ${mebibytesPerDay} MiB in a day`);
    return () => countBytes(c, (bytes) => count(client, bytes));
  };
}

/** Tells how many bytes an answer came to, when it ends or is left. */
function countBytes(c: Context, tell: (bytes: number) => void): void {
  const { body } = c.res;
  if (!body) return;
  async function* counting(parts: ReadableStream<Uint8Array>) {
    let bytes = 0;
    try {
      for await (const part of parts) {
        bytes += part.length;
        yield part;
      }
    } finally {
      tell(bytes);
    }
  }
  c.res = new Response(ReadableStream.from(counting(body)) as ReadableStream, c.res);
}
