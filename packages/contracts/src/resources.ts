import { z } from "@hono/zod-openapi";
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

/** Of a request that changes or deletes what is there. */
export const ChangeHeaders = z.object({
  "if-match": text(2000).optional().openapi({
    description:
      "ETags, or `*`: refused with 412 where none is that of the resource as it is now, so that nothing is changed that somebody else has changed meanwhile.",
  }),
});
