import { z } from "@hono/zod-openapi";
import { GalleryId, Photograph, PhotographQuery, pageOf } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { listPhotographs } from "../../usecases/galleries/photographs/list.ts";

const route = createRoute({
  method: "get",
  path: "/v1/galleries/{id}/photographs",
  operationId: "listGalleryPhotographs",
  tags: ["galleries"],
  summary: "The files that a gallery was made of: which row each is, or why it is none",
  description:
    "In the archive's order; of a gallery that is being made, those that have been looked at.",
  request: { params: z.object({ id: GalleryId }), query: PhotographQuery },
  responses: {
    200: {
      description: "A page",
      content: { "application/json": { schema: pageOf(Photograph, "PhotographPage") } },
    },
    ...problems(400, 404),
  },
});

export function listPhotographsRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) =>
    c.json(await listPhotographs(deps, c.req.valid("param").id, c.req.valid("query")), 200),
  );
}
