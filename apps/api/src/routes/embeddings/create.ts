import { createRoute } from "@hono/zod-openapi";
import { CreateEmbeddingsResponse, EMBEDDINGS_REQUEST, tensorContent } from "@hyperface/contracts";
import { problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";

const route = createRoute({
  method: "post",
  path: "/v1/embeddings",
  operationId: "createEmbeddings",
  tags: ["embeddings"],
  summary: "Embeddings of the faces in images",
  request: EMBEDDINGS_REQUEST,
  responses: {
    200: {
      description: "Faces of every image; as .npy or safetensors the embeddings alone, in order",
      content: tensorContent(CreateEmbeddingsResponse),
    },
    ...problems(400, 406, 413, 415, 422, 503),
  },
});

/** The embed service's own answer, whatever it says: it reads the body, this only passes it on. */
export function createEmbeddings(app: ServiceApp, { embed }: Dependencies): void {
  app.openAPIRegistry.registerPath(route);
  app.post(route.path, async (c) => {
    const answer = await embed.forward(c.req.raw, c.get("requestId"));
    return new Response(answer.body, answer);
  });
}
