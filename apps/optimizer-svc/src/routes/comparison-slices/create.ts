import { ComparisonSliceRequest, ComparisonSliceResponse } from "@hyperface/contracts";
import { clientSignal, createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { OptimizerDependencies } from "../../dependencies.ts";

const route = createRoute({
  method: "post",
  path: "/v1/comparison-slices",
  operationId: "createComparisonSlice",
  tags: ["sets"],
  summary:
    "Compare every vector of a set with every one of a reference set, from a checkpoint to the next",
  description:
    "Exact: every pair is looked at, in tiles. Runs for `budgetSeconds` and writes the next checkpoint to the object store; slices of other lengths give the same.",
  request: {
    body: { required: true, content: { "application/json": { schema: ComparisonSliceRequest } } },
  },
  responses: {
    200: {
      description: "How far it is, and at the end what came of it",
      content: { "application/json": { schema: ComparisonSliceResponse } },
    },
    ...problems(400, 415, 422, 500, 503, 507),
  },
});

export function createComparisonSliceRoute(
  app: ServiceApp,
  { threads }: OptimizerDependencies,
): void {
  app.openapi(route, async (c) =>
    c.json(await threads.advanceComparison(c.req.valid("json"), clientSignal(c)), 200),
  );
}
