import { z } from "@hono/zod-openapi";
import { ErrorCode } from "./errors.ts";

const TYPE = "urn:hyperface:problem:";

/** RFC 9457 problem details, as every service answers them. */
export const Problem = z
  .object({
    type: z.string().openapi({
      description: `${TYPE} and one of ${[...ErrorCode.options, "internal"].join(", ")}.`,
      example: `${TYPE}no-face`,
    }),
    title: z.string().openapi({ example: "No face found" }),
    status: z.int().min(400).max(599).openapi({ example: 422 }),
    detail: z.string().openapi({ example: "the image has no face that the detector finds" }),
    instance: z.string().openapi({ description: "Path of the request." }),
    requestId: z.string(),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .openapi({
        description:
          "Each place that is wrong: an RFC 6901 pointer into the body, or a parameter's name.",
      }),
  })
  .openapi("Problem");
export type Problem = z.infer<typeof Problem>;

export const problemType = (code: ErrorCode | "internal") => `${TYPE}${code}`;

/** The code that a problem's type says; undefined where it says none: `internal`, or no type of ours. */
export const errorCodeOf = (type: string): ErrorCode | undefined =>
  type.startsWith(TYPE) ? ErrorCode.safeParse(type.slice(TYPE.length)).data : undefined;

/** Media type of {@link Problem}. */
export const PROBLEM_JSON = "application/problem+json";
