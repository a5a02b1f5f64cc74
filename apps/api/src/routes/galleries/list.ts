import { Gallery, ListQuery, pageOf } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { listGalleries } from "../../usecases/galleries/list.ts";

const route = createRoute({
  method: "get",
  path: "/v1/galleries",
  operationId: "listGalleries",
  tags: ["galleries"],
  summary: "Galleries, newest first",
  description: "A page of them; `nextCursor` leads to the next.",
  request: { query: ListQuery },
  responses: {
    200: {
      description: "A page",
      content: { "application/json": { schema: pageOf(Gallery, "GalleryPage") } },
    },
    ...problems(400),
  },
});

export function listGalleriesRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => c.json(await listGalleries(deps, c.req.valid("query")), 200));
}
