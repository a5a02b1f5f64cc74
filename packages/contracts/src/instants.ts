import { z } from "@hono/zod-openapi";

/** What every database has a time for. */
function hasFourDigitYear(instant: string): boolean {
  const year = new Date(instant).getUTCFullYear();
  return year >= 1000 && year <= 9999;
}

/** A time that a client names. */
export const Instant = z.iso
  .datetime({
    offset: true,
    error: "must be a time such as 2026-11-25T04:37:00Z (in a URL, + is written %2B)",
  })
  .refine(hasFourDigitYear, "must be of a year from 1000 to 9999, in UTC");
