import { PackingSliceRequest, PackingSliceResponse } from "@hyperface/contracts";
import { clientSignal, createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { OptimizerDependencies } from "../../dependencies.ts";

const route = createRoute({
  method: "post",
  path: "/v1/packing-slices",
  operationId: "createPackingSlice",
  tags: ["packing"],
  summary: "Advance a packing from a checkpoint to the next",
  description:
    "Runs for `budgetSeconds` and writes the next checkpoint to the object store. Slices of other lengths give the same bits, unless the spec has a `budgetSeconds` of its own.",
  request: {
    body: { required: true, content: { "application/json": { schema: PackingSliceRequest } } },
  },
  responses: {
    200: {
      description: "Where the packing stands; the checkpoint is in the object store",
      content: { "application/json": { schema: PackingSliceResponse } },
    },
    ...problems(400, 415, 422, 500, 503, 507),
  },
});

export function createPackingSliceRoute(app: ServiceApp, { threads }: OptimizerDependencies): void {
  app.openapi(route, async (c) =>
    c.json(await threads.advanceSlice(c.req.valid("json"), clientSignal(c)), 200),
  );
}
