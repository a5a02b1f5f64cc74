import { z } from "@hono/zod-openapi";
import { ChangeHeaders, JobId } from "@hyperface/contracts";
import { createRoute, preconditionOf, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { deleteJob } from "../../usecases/jobs/delete.ts";

const route = createRoute({
  method: "delete",
  path: "/v1/jobs/{id}",
  operationId: "deleteJob",
  tags: ["jobs"],
  summary: "Delete the record of a job that has ended",
  description:
    "What it made stays. Where it failed or was cancelled, what it was making and all that is kept for a retry goes with it.",
  request: { params: z.object({ id: JobId }), headers: ChangeHeaders },
  responses: { 204: { description: "It is gone" }, ...problems(404, 409, 412) },
});

export function deleteJobRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    await deleteJob(deps, c.req.valid("param").id, preconditionOf(c));
    return c.body(null, 204);
  });
}
