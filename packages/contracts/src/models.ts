import { z } from "@hono/zod-openapi";
import { EmbedderDescription } from "./embeddings.ts";
import { GeneratorDescription } from "./generation.ts";

export const Models = z
  .object({ embedders: z.array(EmbedderDescription), generators: z.array(GeneratorDescription) })
  .openapi("Models");
export type Models = z.infer<typeof Models>;
