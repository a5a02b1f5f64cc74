import { z } from "@hono/zod-openapi";
import { Instant } from "./instants.ts";
import { JobKind, JobStatus, ResourceStatus } from "./jobs.ts";
import { textNumberOr } from "./numbers.ts";
import { strictObject } from "./strict.ts";
import { text } from "./text.ts";

/** What every query of a list has. */
export const page = {
  limit: textNumberOr(20, z.int().min(1).max(100)),
  cursor: text(2000).optional().openapi({ description: "`nextCursor` of the last page." }),
};

/** Query of a list that has one order. */
export const PageQuery = strictObject(page);
export type PageQuery = z.infer<typeof PageQuery>;

const bound = (description: string) =>
  Instant.optional().openapi({ description, example: "2026-11-25T04:37:00Z" });

export const created = {
  createdAfter: bound("Only those created after this time."),
  createdBefore: bound("Only those created before this time."),
};

/** Query of a list of what clients made. */
export const ListQuery = strictObject({
  ...page,
  status: ResourceStatus.optional(),
  name: text(200).min(1).optional().openapi({
    description: "Only those whose name contains this, letter for letter.",
  }),
  ...created,
  sort: z.enum(["created", "-created", "name", "-name"]).default("-created").openapi({
    description: "By what they are ordered; with `-`, the last first. Names by their code points.",
  }),
});
export type ListQuery = z.infer<typeof ListQuery>;

/** Query of the list of jobs, which have no names. */
export const JobListQuery = strictObject({
  ...page,
  status: JobStatus.optional(),
  kind: JobKind.optional().openapi({ description: "Only those that make this." }),
  ...created,
  sort: z.enum(["created", "-created"]).default("-created").openapi({
    description: "By what they are ordered; with `-`, the last first.",
  }),
});
export type JobListQuery = z.infer<typeof JobListQuery>;

export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

/** A page of a list. */
export const pageOf = <T extends z.ZodType>(item: T, name: string) =>
  z
    .object({
      data: z.array(item),
      nextCursor: z.string().nullable().openapi({ description: "Null at the end." }),
    })
    .openapi(name);
