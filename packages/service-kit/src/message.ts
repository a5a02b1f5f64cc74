import { MESSAGE } from "@hyperface/contracts";
import { decodeMessage, encodeMessage } from "@hyperface/formats";
import type { Context } from "hono";
import type { z } from "zod";
import { contentType, notJson } from "./negotiation.ts";
import { rejectInvalid } from "./validation.ts";

/**
 * A request's body, a message, as its schema makes it.
 * @throws HyperFaceError `unsupported-media-type`, `malformed-body`, `unsupported-dtype`, `invalid-request`
 */
export async function readMessage<T extends z.ZodType>(c: Context, schema: T): Promise<z.infer<T>> {
  contentType(c, [MESSAGE]);
  const parsed = schema.safeParse(decodeMessage(new Uint8Array(await c.req.arrayBuffer())));
  if (!parsed.success) rejectInvalid({ ...parsed, target: "json" }, c);
  return parsed.data as z.infer<T>;
}

/** An answer that is a message, of a value that its schema describes. */
export const answerMessage = <T extends z.ZodType>(c: Context, _: T, value: z.infer<T>) =>
  notJson(
    c.body(encodeMessage(value as object) as Uint8Array<ArrayBuffer>, 200, {
      "content-type": MESSAGE,
    }),
  );
