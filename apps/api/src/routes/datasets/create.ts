import {
  CreateDatasetRequest,
  CreationHeaders,
  Dataset,
  DatasetEstimate,
} from "@hyperface/contracts";
import { clientSignal, createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { createDataset } from "../../usecases/datasets/create.ts";
import { estimateDataset } from "../../usecases/datasets/estimate.ts";
import { findDataset } from "../../usecases/datasets/get.ts";
import { answerCreation, creationAnswers, creationRequest } from "../creation.ts";

const content = { "application/json": { schema: Dataset } };
const route = createRoute({
  method: "post",
  path: "/v1/datasets",
  operationId: "createDataset",
  tags: ["datasets"],
  summary: "Images of a packing's identities, as files to train from (Algorithm 3)",
  description:
    "Made by a job, in slices; each image is the image of its own URL. With `dryRun` nothing is made, and the answer says what it would take.",
  request: {
    headers: CreationHeaders,
    body: { required: true, content: { "application/json": { schema: CreateDatasetRequest } } },
  },
  responses: {
    200: {
      description: "With `dryRun`: what it would take",
      content: { "application/json": { schema: DatasetEstimate } },
    },
    ...creationAnswers(content),
    ...problems(400, 404, 409, 415, 422, 503),
  },
});

export function createDatasetRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    const headers = c.req.valid("header");
    const body = c.req.valid("json");
    if (body.dryRun) return c.json(await estimateDataset(deps, body, clientSignal(c)), 200);
    const { id } = await createDataset(deps, body, await creationRequest(c, headers));
    const { resource, status } = await answerCreation(c, deps, {
      find: () => findDataset(deps, id),
      path: `/v1/datasets/${id}`,
      prefer: headers.prefer,
    });
    return c.json(resource, status);
  });
}
