import { z } from "@hono/zod-openapi";
import { Gallery, GalleryId } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { findGallery } from "../../usecases/galleries/get.ts";

const route = createRoute({
  method: "get",
  path: "/v1/galleries/{id}",
  operationId: "getGallery",
  tags: ["galleries"],
  summary: "A gallery",
  description: "What it is, and whether it is ready. Its embeddings are at `/embeddings`.",
  request: { params: z.object({ id: GalleryId }) },
  responses: {
    200: { description: "The gallery", content: { "application/json": { schema: Gallery } } },
    ...problems(404),
  },
});

export function getGalleryRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => c.json(await findGallery(deps, c.req.valid("param").id), 200));
}
