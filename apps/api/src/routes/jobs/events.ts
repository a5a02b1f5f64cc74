import { createRoute, z } from "@hono/zod-openapi";
import { HyperFaceError, JobEvent, JobId } from "@hyperface/contracts";
import { problems, type ServiceApp } from "@hyperface/service-kit";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import type { Dependencies } from "../../dependencies.ts";
import { listEvents } from "../../usecases/jobs/events.ts";
import { findJob } from "../../usecases/jobs/get.ts";

const POLL_MS = 250;
const HEARTBEAT_MS = 15_000;

const route = createRoute({
  method: "get",
  path: "/v1/jobs/{id}/events",
  operationId: "streamJobEvents",
  tags: ["jobs"],
  summary: "A job's events from its beginning to its end (server-sent events)",
  request: {
    params: z.object({ id: JobId }),
    headers: z.object({
      "last-event-id": z.string().optional().openapi({
        description: "Go on after this event.",
      }),
    }),
  },
  responses: {
    200: {
      description: "Events with the sequence as id; the last is of type `finished`",
      content: { "text/event-stream": { schema: JobEvent } },
    },
    ...problems(400, 404),
  },
});

export function streamJobEvents(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    const { id } = await findJob(deps, c.req.valid("param").id);
    const after = lastSequence(c.req.valid("header")["last-event-id"]);
    return streamSSE(c, (stream) => follow(deps, stream, id, after)) as never;
  });
}

function lastSequence(header: string | undefined): number {
  if (header === undefined || header === "") return 0;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  const detail = `Last-Event-ID ${header} is not the id of an event`;
  throw new HyperFaceError("invalid-request", detail, {
    errors: [{ pointer: "last-event-id", detail }],
  });
}

async function follow(deps: Dependencies, stream: SSEStreamingApi, id: string, after: number) {
  let sequence = after;
  let quiet = 0;
  while (!stream.aborted) {
    const events = await listEvents(deps, id, sequence);
    for (const event of events) {
      const { type } = event;
      await stream.writeSSE({
        id: String(event.sequence),
        event: type,
        data: JSON.stringify(event),
      });
      sequence = event.sequence;
      if (type === "finished") return;
    }
    // A stream resumed behind its last event has nothing more to tell.
    if (events.length === 0 && (await findJob(deps, id)).finishedAt !== null) {
      if ((await listEvents(deps, id, sequence)).length === 0) return;
      continue;
    }
    quiet = events.length > 0 ? 0 : quiet + POLL_MS;
    if (quiet >= HEARTBEAT_MS) {
      await stream.write(": heartbeat\n\n");
      quiet = 0;
    }
    await stream.sleep(POLL_MS);
  }
}
