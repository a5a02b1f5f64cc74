import { z } from "@hono/zod-openapi";
import { DatasetId, DatasetVerification, VerifyDatasetRequest } from "@hyperface/contracts";
import { clientSignal, createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { verifyDataset } from "../../usecases/datasets/verify.ts";

const route = createRoute({
  method: "post",
  path: "/v1/datasets/{id}/verifications",
  operationId: "verifyDataset",
  tags: ["datasets"],
  summary: "Makes images of the manifest again, and compares them byte for byte",
  description:
    "A part at a time: `next` says where to go on. On another arithmetic images differ in their last bits.",
  request: {
    params: z.object({ id: DatasetId }),
    body: { required: true, content: { "application/json": { schema: VerifyDatasetRequest } } },
  },
  responses: {
    200: {
      description: "How many came out equal",
      content: { "application/json": { schema: DatasetVerification } },
    },
    ...problems(400, 404, 409, 415, 422, 500, 503),
  },
});

export function verifyDatasetRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) =>
    c.json(
      await verifyDataset(deps, c.req.valid("param").id, c.req.valid("json"), clientSignal(c)),
      200,
    ),
  );
}
