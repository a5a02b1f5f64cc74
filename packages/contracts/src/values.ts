import { z } from "@hono/zod-openapi";

/** Largest integer that JSON carries exactly: seeds and indices stay within it. */
export const MAX_SAFE = Number.MAX_SAFE_INTEGER;

const seed = (number: z.ZodNumber) =>
  number.int().min(0).max(MAX_SAFE).openapi({
    description: "Seed of the counter-based random numbers.",
    example: 7,
  });
const index = (number: z.ZodNumber) => number.int().min(0).max(0xffff_ffff);
const beta = (number: z.ZodNumber) =>
  number.min(0).max(10).openapi({
    description:
      "Noise scale of Eq. 3: the image is made from normalise(x + beta v), v ~ N(0, I). The paper uses 0 to 0.02.",
    example: 0.005,
  });

export const Seed = seed(z.number());
export const Index = index(z.number());
export const Beta = beta(z.number());

/** The same values in paths and queries, where every value arrives as text. */
export const TextSeed = seed(z.coerce.number());
export const TextIndex = index(z.coerce.number());
export const TextBeta = beta(z.coerce.number());

/** A finite vector; its length is checked against the model where it is used. */
export const Vector = z.array(z.number()).min(2).max(8192);

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A model as an answer names it: numbers from two models must never be mixed. */
export const ModelReference = z
  .object({ name: z.string(), sha256: Sha256 })
  .openapi("ModelReference");
export type ModelReference = z.infer<typeof ModelReference>;
