import { Job, JobListQuery, pageOf } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { listJobs } from "../../usecases/jobs/list.ts";

const route = createRoute({
  method: "get",
  path: "/v1/jobs",
  operationId: "listJobs",
  tags: ["jobs"],
  summary: "Jobs, newest first",
  description:
    "A page of those that fit every filter, in the order that `sort` says; `nextCursor` leads to the next, under the same query.",
  request: { query: JobListQuery },
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
