import { z } from "@hono/zod-openapi";
import { EmbedderDescription } from "./embeddings.ts";
import { GeneratorDescription } from "./generation.ts";

/** What embed-svc answers at /v1/models. */
export const EmbedderList = z.object({ data: z.array(EmbedderDescription) });

/** What generate-svc answers at /v1/models. */
export const GeneratorList = z.object({ data: z.array(GeneratorDescription) });

export const Models = z
  .object({ embedders: z.array(EmbedderDescription), generators: z.array(GeneratorDescription) })
  .openapi("Models");
export type Models = z.infer<typeof Models>;
