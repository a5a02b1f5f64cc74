import { z } from "@hono/zod-openapi";
import { Packing, PackingId } from "@hyperface/contracts";
import {
  answerStateOrUnchanged,
  createRoute,
  problems,
  type ServiceApp,
  stateAnswers,
} from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { findPacking } from "../../usecases/packings/get.ts";

const route = createRoute({
  method: "get",
  path: "/v1/packings/{id}",
  operationId: "getPacking",
  tags: ["packings"],
  summary: "A packing, with its newest metrics",
  description:
    "While it is being made its metrics are those of the last slice; its job's events tell of each.",
  request: { params: z.object({ id: PackingId }) },
  responses: {
    ...stateAnswers("The packing", Packing),
    ...problems(404),
  },
});

export function getPackingRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) =>
    answerStateOrUnchanged(c, await findPacking(deps, c.req.valid("param").id)),
  );
}
