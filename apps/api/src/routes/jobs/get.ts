import { z } from "@hono/zod-openapi";
import { Job, JobId } from "@hyperface/contracts";
import {
  answerStateOrUnchanged,
  createRoute,
  problems,
  type ServiceApp,
  stateAnswers,
} from "@hyperface/service-kit";
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
    ...stateAnswers("The job", Job),
    ...problems(404),
  },
});

export function getJobRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) =>
    answerStateOrUnchanged(c, await findJob(deps, c.req.valid("param").id)),
  );
}
