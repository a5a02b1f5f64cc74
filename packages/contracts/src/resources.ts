import type { z } from "@hono/zod-openapi";
import { textFlag } from "./numbers.ts";
import { strictObject } from "./strict.ts";
import { text } from "./text.ts";

/** What can be changed of what a client made. */
export const ResourceUpdate = strictObject({ name: text(200) }).openapi("ResourceUpdate", {
  example: { name: "first try" },
});
export type ResourceUpdate = z.infer<typeof ResourceUpdate>;

export const DeleteQuery = strictObject({
  cascade: textFlag(false).openapi({
    description: "Whether what refers to it is deleted with it, and its job cancelled.",
  }),
});
export type DeleteQuery = z.infer<typeof DeleteQuery>;
