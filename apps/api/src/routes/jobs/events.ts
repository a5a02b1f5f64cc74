import { z } from "@hono/zod-openapi";
import { errorAt, JobEvent, JobId } from "@hyperface/contracts";
import { createRoute, notJson, problems, type ServiceApp } from "@hyperface/service-kit";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import type { Dependencies } from "../../dependencies.ts";
import { listEvents } from "../../usecases/jobs/events.ts";
import { findJob, isJob } from "../../usecases/jobs/get.ts";

const HEARTBEAT_MS = 15_000;

const route = createRoute({
  method: "get",
  path: "/v1/jobs/{id}/events",
  operationId: "streamJobEvents",
  tags: ["jobs"],
  summary: "A job's events from its beginning to its end (server-sent events)",
  description:
    "Those that there are at once, then each as it comes, and a heartbeat comment every 15 seconds.",
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
    204: { description: "Last-Event-ID is the last event of a job that has ended" },
    ...problems(400, 404),
  },
});

export function streamJobEventsRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    const { id, finishedAt } = await findJob(deps, c.req.valid("param").id);
    const after = lastSequence(c.req.valid("header")["last-event-id"]);
    // An EventSource connects again after an end, until it is told that there is nothing more.
    if (finishedAt !== null && (await listEvents(deps, id, after)).length === 0) {
      return c.body(null, 204);
    }
    // A proxy that gathered events would hold them back.
    c.header("x-accel-buffering", "no");
    return notJson(streamSSE(c, (stream) => follow(deps, stream, id, after)));
  });
}

function lastSequence(header: string | undefined): number {
  if (header === undefined || header === "") return 0;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  const detail = `Last-Event-ID ${header} is not the id of an event`;
  throw errorAt("invalid-request", "last-event-id", detail);
}

async function follow(deps: Dependencies, stream: SSEStreamingApi, id: string, after: number) {
  const watch = deps.changes.watch(id);
  const left = new AbortController();
  stream.onAbort(() => left.abort());
  let sequence = after;
  try {
    while (!stream.aborted) {
      const events = await listEvents(deps, id, sequence);
      for (const event of events) {
        const { type } = event;
        const data = JSON.stringify(event);
        await stream.writeSSE({ id: String(event.sequence), event: type, data });
        sequence = event.sequence;
        if (type === "finished") return;
      }
      if (events.length > 0) continue;
      if (!(await isJob(deps, id))) return;
      const waited = performance.now();
      await watch.changed(HEARTBEAT_MS, left.signal);
      if (performance.now() - waited >= HEARTBEAT_MS) await stream.write(": heartbeat\n\n");
    }
  } finally {
    watch.close();
  }
}
