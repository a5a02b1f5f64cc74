import { z } from "@hono/zod-openapi";
import { Job, JobId } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { findJob } from "../../usecases/jobs/get.ts";

const route = createRoute({
  method: "get",
  path: "/v1/jobs/{id}",
  operationId: "getJob",
  tags: ["jobs"],
  summary: "A job",
  description: "How far it is, and why it failed where it has.",
  request: { params: z.object({ id: JobId }) },
  responses: {
    200: { description: "The job", content: { "application/json": { schema: Job } } },
    ...problems(404),
  },
});

export function getJobRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => c.json(await findJob(deps, c.req.valid("param").id), 200));
}
