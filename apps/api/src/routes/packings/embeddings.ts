import { createRoute, z } from "@hono/zod-openapi";
import { PackingId } from "@hyperface/contracts";
import { problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { readPacking } from "../../usecases/packings/get.ts";
import { answerEmbeddings, embeddingsContent } from "../tensors.ts";

const route = createRoute({
  method: "get",
  path: "/v1/packings/{id}/embeddings",
  operationId: "getPackingEmbeddings",
  tags: ["packings"],
  summary: "A finished packing's reference embeddings",
  request: { params: z.object({ id: PackingId }) },
  responses: {
    200: { description: "Unit embeddings, in order", content: embeddingsContent },
    ...problems(404, 406, 409),
  },
});

export function getPackingEmbeddings(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    const { packing, data } = await readPacking(deps, c.req.valid("param").id);
    return answerEmbeddings(c, packing, data);
  });
}
