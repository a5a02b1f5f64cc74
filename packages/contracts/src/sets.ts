import { z } from "@hono/zod-openapi";
import { ModelReference } from "./values.ts";

/** A set of unit embeddings of one model: a gallery's id or a packing's. */
export const SetId = z
  .string()
  .regex(/^(gal|pak)_[a-z0-9]{1,40}$/, "must be the id of a gallery or a packing")
  .openapi({ description: "A gallery or a packing.", example: "gal_m8x2k1c0a3f9d27b6e" });

/** Unit embeddings with the model they belong to. */
export const Embeddings = z
  .object({
    model: ModelReference,
    dimension: z.int(),
    embeddings: z.array(z.array(z.number())),
  })
  .openapi("Embeddings");
export type Embeddings = z.infer<typeof Embeddings>;
