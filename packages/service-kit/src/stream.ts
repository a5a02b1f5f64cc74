import { logFailure } from "@hyperface/contracts";
import type { Context } from "hono";
import type { ServerBindings } from "./leaving.ts";
import type { ServiceLogger } from "./logger.ts";

/**
 * The body of an answer that comes in parts, read two ahead: what keeps it from its beginning is a problem still, as a
 * small file that is damaged is. A failure further on is logged, and breaks the connection before the last part has
 * left, since nobody must take what came for the whole.
 * @throws what reading the first parts throws
 */
export async function streamBody(
  c: Context,
  parts: AsyncIterable<Uint8Array>,
  logger: ServiceLogger,
): Promise<ReadableStream> {
  const iterator = parts[Symbol.asyncIterator]();
  let part = await iterator.next();
  let following = part.done ? part : await iterator.next();
  const pull = async (controller: ReadableStreamDefaultController) => {
    if (part.done) return controller.close();
    controller.enqueue(part.value);
    part = following;
    try {
      if (!following.done) following = await iterator.next();
    } catch (error) {
      const line = { requestId: c.get("requestId"), path: c.req.path };
      logFailure(logger, error, line, "answer cut off");
      breakOff(c, controller, error);
    }
  };
  const cancel = async () => void (await iterator.return?.());
  return new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
}

function breakOff(c: Context, controller: ReadableStreamDefaultController, error: unknown): void {
  const { outgoing } = (c.env ?? {}) as ServerBindings;
  if (!outgoing) {
    controller.error(error);
    return;
  }
  // Of an error the server would write its message into the body, and its stack to standard error.
  outgoing.destroy();
  controller.close();
}
