import { z } from "@hono/zod-openapi";

/** RFC 9457 problem details, as every service answers them. */
export const Problem = z
  .object({
    type: z.string().openapi({ example: "urn:hyperface:problem:no-face" }),
    title: z.string().openapi({ example: "No face found" }),
    status: z.int(),
    detail: z.string(),
    instance: z.string().openapi({ description: "Path of the request." }),
    requestId: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .openapi("Problem");
export type Problem = z.infer<typeof Problem>;

export const problemType = (code: string) => `urn:hyperface:problem:${code}`;

/** Media type of {@link Problem}. */
export const PROBLEM_JSON = "application/problem+json";
