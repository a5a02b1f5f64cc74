import { z } from "@hono/zod-openapi";
import { textNumberOr } from "./numbers.ts";
import { strictObject } from "./strict.ts";
import { text } from "./text.ts";

export const ListQuery = strictObject({
  limit: textNumberOr(20, z.int().min(1).max(100)),
  cursor: text(200).optional().openapi({ description: "`nextCursor` of the last page." }),
});
export type ListQuery = z.infer<typeof ListQuery>;

export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

/** A page of a list, newest or smallest index first. */
export const pageOf = <T extends z.ZodType>(item: T, name: string) =>
  z
    .object({
      data: z.array(item),
      nextCursor: z.string().nullable().openapi({ description: "Null at the end." }),
    })
    .openapi(name);
