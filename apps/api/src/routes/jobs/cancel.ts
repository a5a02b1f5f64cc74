import { z } from "@hono/zod-openapi";
import { Job, JobId } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { cancelJob } from "../../usecases/jobs/cancel.ts";

const route = createRoute({
  method: "post",
  path: "/v1/jobs/{id}/cancel",
  operationId: "cancelJob",
  tags: ["jobs"],
  summary: "Cancel a job; one that has ended stays as it is",
  description: "What it was making becomes `cancelled`.",
  request: { params: z.object({ id: JobId }) },
  responses: {
    200: { description: "The job", content: { "application/json": { schema: Job } } },
    ...problems(404),
  },
});

export function cancelJobRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => c.json(await cancelJob(deps, c.req.valid("param").id), 200));
}
