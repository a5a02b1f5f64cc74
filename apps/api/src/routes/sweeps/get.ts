import { z } from "@hono/zod-openapi";
import { Sweep, SweepId } from "@hyperface/contracts";
import {
  answerStateOrUnchanged,
  createRoute,
  problems,
  type ServiceApp,
  stateAnswers,
} from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { findSweep } from "../../usecases/sweeps/get.ts";

const route = createRoute({
  method: "get",
  path: "/v1/sweeps/{id}",
  operationId: "getSweep",
  tags: ["sweeps"],
  summary: "A sweep, with how many of its cells are done",
  description: "What they came to is at `/table`.",
  request: { params: z.object({ id: SweepId }) },
  responses: {
    ...stateAnswers("The sweep", Sweep),
    ...problems(404),
  },
});

export function getSweepRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) =>
    answerStateOrUnchanged(c, await findSweep(deps, c.req.valid("param").id)),
  );
}
