import { createRoute, z } from "@hono/zod-openapi";
import { GalleryId } from "@hyperface/contracts";
import { problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { readGallery } from "../../usecases/galleries/get.ts";
import { answerEmbeddings, embeddingsContent } from "../tensors.ts";

const route = createRoute({
  method: "get",
  path: "/v1/galleries/{id}/embeddings",
  operationId: "getGalleryEmbeddings",
  tags: ["galleries"],
  summary: "A ready gallery's embeddings",
  request: { params: z.object({ id: GalleryId }) },
  responses: {
    200: { description: "Unit embeddings, in order", content: embeddingsContent },
    ...problems(404, 406, 409),
  },
});

export function getGalleryEmbeddings(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    const { gallery, data } = await readGallery(deps, c.req.valid("param").id);
    return answerEmbeddings(c, gallery, data);
  });
}
