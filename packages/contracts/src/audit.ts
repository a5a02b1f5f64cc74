import { z } from "@hono/zod-openapi";
import { KeyId } from "./ids.ts";
import { created, PageQuery } from "./lists.ts";
import { text } from "./text.ts";

/** A request that made, changed, deleted or downloaded something. */
export const AuditEntry = z
  .object({
    id: z.string(),
    createdAt: z.iso.datetime(),
    client: z.string().nullable().openapi({
      description: "The id of the API key that it came with; null where that was none of ours.",
    }),
    method: z.string(),
    route: z.string().openapi({ example: "/v1/packings" }),
    path: z.string().openapi({ description: "With its query: of an image, all it is made from." }),
    status: z.int(),
    made: z.string().nullable().openapi({
      description: "Where what it made is, or its job.",
      example: "/v1/jobs/job_0mwty1yv10e3ebb58a9f8abb8",
    }),
    requestId: z.string(),
  })
  .openapi("AuditEntry");
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AuditQuery = PageQuery.extend({
  client: KeyId.optional().openapi({ description: "Only those of this API key." }),
  path: text(500).min(1).optional().openapi({
    description: "Only those whose path begins so.",
    example: "/v1/packings/",
  }),
  ...created,
});
export type AuditQuery = z.infer<typeof AuditQuery>;
