import { CreateSweepRequest, CreationHeaders, Sweep, SweepEstimate } from "@hyperface/contracts";
import { clientSignal, createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { createSweep } from "../../usecases/sweeps/create.ts";
import { estimateSweep } from "../../usecases/sweeps/estimate.ts";
import { findSweep } from "../../usecases/sweeps/get.ts";
import { answerCreation, creationAnswers, creationRequest } from "../creation.ts";

const content = { "application/json": { schema: Sweep } };
const route = createRoute({
  method: "post",
  path: "/v1/sweeps",
  operationId: "createSweep",
  tags: ["sweeps"],
  summary: "A packing and a dataset of every cell of a grid, and what each is worth",
  description:
    "Made by a job; cells that differ in their images alone share a packing. With `dryRun` nothing is made, and the answer says what it would take.",
  request: {
    headers: CreationHeaders,
    body: { required: true, content: { "application/json": { schema: CreateSweepRequest } } },
  },
  responses: {
    200: {
      description: "With `dryRun`: what it would take",
      content: { "application/json": { schema: SweepEstimate } },
    },
    ...creationAnswers(content),
    ...problems(400, 404, 409, 415, 422, 503),
  },
});

export function createSweepRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    const headers = c.req.valid("header");
    const body = c.req.valid("json");
    if (body.dryRun) return c.json(await estimateSweep(deps, body, clientSignal(c)), 200);
    const { id } = await createSweep(deps, body, await creationRequest(c, headers));
    const { resource, status } = await answerCreation(c, deps, {
      find: () => findSweep(deps, id),
      path: `/v1/sweeps/${id}`,
      prefer: headers.prefer,
    });
    return c.json(resource, status);
  });
}
