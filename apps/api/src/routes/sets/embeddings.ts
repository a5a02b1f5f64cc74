import { z } from "@hono/zod-openapi";
import { modelHeader } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { readSet } from "../../usecases/sets/read.ts";
import { SETS } from "../collections.ts";
import { answerEmbeddings, embeddingsContent } from "../tensors.ts";

const routes = SETS.map(({ kind, path, name, Id }) => ({
  kind,
  route: createRoute({
    method: "get",
    path: `/v1/${path}/{id}/embeddings`,
    operationId: `get${name}Embeddings`,
    tags: [path],
    summary: "Its embeddings, when it is ready",
    description:
      "Unit vectors in order, as JSON, .npy or safetensors by Accept: the binary forms are a quarter of the size.",
    request: { params: z.object({ id: Id }) },
    responses: {
      200: {
        description: "Unit embeddings, in order",
        headers: modelHeader,
        content: embeddingsContent,
      },
      ...problems(404, 406, 409, 500),
    },
  }),
}));

export function getSetEmbeddingsRoute(app: ServiceApp, deps: Dependencies): void {
  for (const { kind, route } of routes) {
    app.openapi(route, async (c) => {
      const { set, embeddings } = await readSet(deps, c.req.valid("param").id, kind);
      return answerEmbeddings(c, set, embeddings);
    });
  }
}
