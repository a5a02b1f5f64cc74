import { z } from "@hono/zod-openapi";

/** Text that every database and file keeps as it is: no U+0000, no half of a pair of surrogates. */
export const text = (most: number) =>
  z
    .string()
    .max(most)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: PostgreSQL has no text for it.
    .regex(/^[^\u0000]*$/, "must not contain U+0000")
    .refine((value) => value.isWellFormed(), "must not contain half of a surrogate pair");

/** A setting that is not blank: `NAME=` sets it to nothing, which is never meant. */
export const filled = (most = 4096) =>
  text(most).refine((value) => value.trim() !== "", "must not be blank: leave it out instead");
