import { z } from "@hono/zod-openapi";
import { Float32s } from "./messages.ts";
import { textNumber } from "./numbers.ts";
import { text } from "./text.ts";

/**
 * A named schema or null. `nullable()` would change what the name stands for, wherever else it is used: in the
 * OpenAPI document a reference beside `null` is an `anyOf` of the two.
 */
export const orNull = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()]);

/** Largest integer that JSON carries exactly: seeds and indices stay within it. */
export const MAX_SAFE = Number.MAX_SAFE_INTEGER;

export const SEED = { description: "Seed of the counter-based random numbers.", example: 7 };
export const BETA = {
  description:
    "Noise scale of Eq. 3: the image is made from normalise(x + beta v), v ~ N(0, I). The paper uses 0 to 0.02.",
  example: 0.005,
};

export const Seed = z.int().min(0).max(MAX_SAFE).openapi(SEED);
/** Indices key the random numbers, as 32 bits. */
export const MAX_INDEX = 0xffff_ffff;
export const Index = z.int().min(0).max(MAX_INDEX);
export const Beta = z.number().min(0).max(10).openapi(BETA);

/** An index in a path. */
export const TextIndex = textNumber(Index).openapi({ example: 3 });

const VECTOR = { min: 2, max: 8192 };
/** A finite vector; its length is checked against the model where it is used. */
export const Vector = z.array(z.number()).min(VECTOR.min).max(VECTOR.max);

/** A finite vector in a message; its length is checked against the model where it is used. */
export const Float32Vector = Float32s.refine(
  ({ length }) => length >= VECTOR.min && length <= VECTOR.max,
  `must be of ${VECTOR.min} to ${VECTOR.max} numbers`,
).refine((vector) => vector.every(Number.isFinite), "holds a number that is not finite");

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What the last bits of a result depend on, beside its request. */
export const Arithmetic = z.string().openapi({
  description:
    "The arithmetic it was computed with: versions of what computes, and a hash of a fixed probe's output. Equal requests of equal arithmetic have equal bytes; elsewhere results agree to rounding.",
  example: "node-20.20.2 onnxruntime-1.30.0 libvips-8.18.7 5f0c2c4be0a1d3f7",
});

/** A model's name: one segment of a path, which nothing takes for another. */
export const ModelName = text(100).regex(
  /^[A-Za-z0-9][\w.-]*$/,
  "must be a model's name: see GET /v1/models",
);

/** Of every process that has worked on something, in order. */
export const ArithmeticHistory = z.array(Arithmetic).openapi({
  description:
    "The arithmetic of every process that worked on it, in order. Where there is more than one, no single machine gives these bits again.",
});

/** A model as an answer names it: numbers from two models must never be mixed. */
export const ModelReference = z
  .object({ name: z.string(), sha256: Sha256 })
  .openapi("ModelReference");
export type ModelReference = z.infer<typeof ModelReference>;
