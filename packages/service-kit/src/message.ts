import { MESSAGE, messageContent } from "@hyperface/contracts";
import { decodeMessage, encodeMessage } from "@hyperface/formats";
import type { Context } from "hono";
import type { z } from "zod";
import { clientSignal } from "./leaving.ts";
import { contentType, notJson } from "./negotiation.ts";
import { problems } from "./problems.ts";
import { createRoute } from "./route.ts";
import type { ServiceApp } from "./service.ts";
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

interface MessageRoute<Q extends z.ZodType, A extends z.ZodType> {
  path: string;
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  request: Q;
  response: A;
  /** What stands in the answer, and in which order. */
  answered: string;
  /** Statuses of its problems. */
  refusals: number[];
}

/** A POST that takes a message and answers with one. @param work aborts where the client leaves or the server ends */
export function messageRoute<Q extends z.ZodType, A extends z.ZodType>(
  app: ServiceApp,
  { request, response, answered, refusals, ...told }: MessageRoute<Q, A>,
  work: (request: z.infer<Q>, signal: AbortSignal) => Promise<z.infer<A>>,
): void {
  const route = createRoute({
    method: "post",
    ...told,
    request: { body: { required: true, content: messageContent(request) } },
    responses: {
      200: { description: answered, content: messageContent(response) },
      ...problems(...refusals),
    },
  });
  app.openapi(route, async (c) => {
    const asked = await readMessage(c, request);
    return answerMessage(c, response, await work(asked, clientSignal(c)));
  });
}
