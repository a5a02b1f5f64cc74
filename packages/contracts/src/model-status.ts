import { z } from "@hono/zod-openapi";
import { Sha256 } from "./values.ts";

/** What is told of every model beside what it does. */
export const ModelStatus = {
  state: z.enum(["unloaded", "loading", "ready", "failed"]).openapi({
    description: "A model is loaded when it is first used, and put away when it was idle for long.",
  }),
  files: z.array(z.object({ path: z.string(), sha256: Sha256, bytes: z.int() })),
  memoryBytes: z.int().openapi({ description: "Of its weights: what it needs at least, loaded." }),
};
