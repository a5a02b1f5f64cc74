import { z } from "@hono/zod-openapi";
import { DatasetFile, DatasetId, PageQuery, pageOf } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { listDatasetFiles } from "../../usecases/datasets/files.ts";

const route = createRoute({
  method: "get",
  path: "/v1/datasets/{id}/files",
  operationId: "listDatasetFiles",
  tags: ["datasets"],
  summary: "A dataset's files, by name; of one that is being made, those that are done",
  description: "A page of them; `nextCursor` leads to the next.",
  request: { params: z.object({ id: DatasetId }), query: PageQuery },
  responses: {
    200: {
      description: "A page",
      content: { "application/json": { schema: pageOf(DatasetFile, "DatasetFilePage") } },
    },
    ...problems(400, 404),
  },
});

export function listDatasetFilesRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) =>
    c.json(await listDatasetFiles(deps, c.req.valid("param").id, c.req.valid("query")), 200),
  );
}
