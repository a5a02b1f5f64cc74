import { CreateLeakageCheckRequest, CreationHeaders, LeakageCheck } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { createLeakageCheck } from "../../usecases/leakage-checks/create.ts";
import { findLeakageCheck } from "../../usecases/leakage-checks/get.ts";
import { answerCreation, creationAnswers, creationRequest } from "../creation.ts";

const content = { "application/json": { schema: LeakageCheck } };
const route = createRoute({
  method: "post",
  path: "/v1/leakage-checks",
  operationId: "createLeakageCheck",
  tags: ["leakage-checks"],
  summary:
    "Compare every image of a dataset, or vector of a set, with a reference set (section 3.3)",
  description:
    "Exact: every pair is looked at, by a job in tiles of bounded memory. The threshold comes from the reference set's own pairs.",
  request: {
    headers: CreationHeaders,
    body: {
      required: true,
      content: { "application/json": { schema: CreateLeakageCheckRequest } },
    },
  },
  responses: { ...creationAnswers(content), ...problems(400, 404, 409, 415, 422, 503) },
});

export function createLeakageCheckRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    const headers = c.req.valid("header");
    const request = await creationRequest(c, headers);
    const { id } = await createLeakageCheck(deps, c.req.valid("json"), request);
    const { resource, status } = await answerCreation(c, deps, {
      find: () => findLeakageCheck(deps, id),
      path: `/v1/leakage-checks/${id}`,
      prefer: headers.prefer,
    });
    return c.json(resource, status);
  });
}
