import { z } from "@hono/zod-openapi";
import { Dataset, DatasetId } from "@hyperface/contracts";
import {
  answerStateOrUnchanged,
  createRoute,
  problems,
  type ServiceApp,
  stateAnswers,
} from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { findDataset } from "../../usecases/datasets/get.ts";

const route = createRoute({
  method: "get",
  path: "/v1/datasets/{id}",
  operationId: "getDataset",
  tags: ["datasets"],
  summary: "A dataset, with what is made of it so far",
  description:
    "Its files are at `/files`; its manifest, one of them, says where each image came from.",
  request: { params: z.object({ id: DatasetId }) },
  responses: {
    ...stateAnswers("The dataset", Dataset),
    ...problems(404),
  },
});

export function getDatasetRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) =>
    answerStateOrUnchanged(c, await findDataset(deps, c.req.valid("param").id)),
  );
}
