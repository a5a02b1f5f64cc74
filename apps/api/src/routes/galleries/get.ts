import { z } from "@hono/zod-openapi";
import { Gallery, GalleryId } from "@hyperface/contracts";
import {
  answerStateOrUnchanged,
  createRoute,
  problems,
  type ServiceApp,
  stateAnswers,
} from "@hyperface/service-kit";
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
    ...stateAnswers("The gallery", Gallery),
    ...problems(404),
  },
});

export function getGalleryRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) =>
    answerStateOrUnchanged(c, await findGallery(deps, c.req.valid("param").id)),
  );
}
