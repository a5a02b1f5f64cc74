import { Job, ListQuery, pageOf } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { listJobs } from "../../usecases/jobs/list.ts";

const route = createRoute({
  method: "get",
  path: "/v1/jobs",
  operationId: "listJobs",
  tags: ["jobs"],
  summary: "Jobs, newest first",
  description: "A page of them; `nextCursor` leads to the next.",
  request: { query: ListQuery },
  responses: {
    200: {
      description: "A page",
      content: { "application/json": { schema: pageOf(Job, "JobPage") } },
    },
    ...problems(400),
  },
});

export function listJobsRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => c.json(await listJobs(deps, c.req.valid("query")), 200));
}
