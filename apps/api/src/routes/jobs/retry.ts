import { z } from "@hono/zod-openapi";
import { Job, JobId } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { retryJob } from "../../usecases/jobs/retry.ts";

const route = createRoute({
  method: "post",
  path: "/v1/jobs/{id}/retry",
  operationId: "retryJob",
  tags: ["jobs"],
  summary: "Queue a failed job again: it goes on from where it stood",
  description: "From its beginning where its checkpoint is kept no longer, which is a week.",
  request: { params: z.object({ id: JobId }) },
  responses: {
    200: { description: "The job", content: { "application/json": { schema: Job } } },
    ...problems(404, 409),
  },
});

export function retryJobRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => c.json(await retryJob(deps, c.req.valid("param").id), 200));
}
