import { z } from "@hono/zod-openapi";
import { LeakageCheck, LeakageCheckId } from "@hyperface/contracts";
import {
  answerStateOrUnchanged,
  createRoute,
  problems,
  type ServiceApp,
  stateAnswers,
} from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { findLeakageCheck } from "../../usecases/leakage-checks/get.ts";

const route = createRoute({
  method: "get",
  path: "/v1/leakage-checks/{id}",
  operationId: "getLeakageCheck",
  tags: ["leakage-checks"],
  summary: "A leakage check, with its figures when it is ready",
  description:
    "Its report is at `/report`, a dataset's manifest without what it leaves out at `/manifest`.",
  request: { params: z.object({ id: LeakageCheckId }) },
  responses: {
    ...stateAnswers("The check", LeakageCheck),
    ...problems(404),
  },
});

export function getLeakageCheckRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) =>
    answerStateOrUnchanged(c, await findLeakageCheck(deps, c.req.valid("param").id)),
  );
}
