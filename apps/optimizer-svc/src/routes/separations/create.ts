import { Separation, SeparationRequest } from "@hyperface/contracts";
import { clientSignal, createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { OptimizerDependencies } from "../../dependencies.ts";

const route = createRoute({
  method: "post",
  path: "/v1/separations",
  operationId: "createSeparation",
  tags: ["sets"],
  summary: "How well a stored set's embeddings tell its identities apart",
  description: "Centres of all identities, and pairs of a part of them in ten folds.",
  request: {
    body: { required: true, content: { "application/json": { schema: SeparationRequest } } },
  },
  responses: {
    200: { description: "Figures", content: { "application/json": { schema: Separation } } },
    ...problems(400, 415, 422, 500, 503),
  },
});

export function createSeparationRoute(app: ServiceApp, { threads }: OptimizerDependencies): void {
  app.openapi(route, async (c) =>
    c.json(await threads.separate(c.req.valid("json"), clientSignal(c)), 200),
  );
}
