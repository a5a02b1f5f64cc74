import { z } from "@hono/zod-openapi";
import { ModelReference } from "./values.ts";

/** Unit embeddings with the model they belong to. */
export const Embeddings = z
  .object({
    model: ModelReference,
    dimension: z.int(),
    embeddings: z.array(z.array(z.number())),
  })
  .openapi("Embeddings");
export type Embeddings = z.infer<typeof Embeddings>;
