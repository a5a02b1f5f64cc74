import { Dataset, ListQuery, pageOf } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { listDatasets } from "../../usecases/datasets/list.ts";

const route = createRoute({
  method: "get",
  path: "/v1/datasets",
  operationId: "listDatasets",
  tags: ["datasets"],
  summary: "Datasets, newest first",
  description: "A page of them; `nextCursor` leads to the next.",
  request: { query: ListQuery },
  responses: {
    200: {
      description: "A page",
      content: { "application/json": { schema: pageOf(Dataset, "DatasetPage") } },
    },
    ...problems(400),
  },
});

export function listDatasetsRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => c.json(await listDatasets(deps, c.req.valid("query")), 200));
}
