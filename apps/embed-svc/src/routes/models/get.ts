import { z } from "@hono/zod-openapi";
import { LoadedEmbedder, ModelName } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Pipeline } from "../../pipeline/index.ts";

const route = createRoute({
  method: "get",
  path: "/v1/models/{name}",
  operationId: "getEmbedder",
  tags: ["models"],
  summary: "An embedder, which asking for it loads",
  request: { params: z.object({ name: ModelName }) },
  responses: {
    200: {
      description: "The embedder",
      content: { "application/json": { schema: LoadedEmbedder } },
    },
    ...problems(400, 422),
  },
});

export function getEmbedderRoute(app: ServiceApp, { pipeline }: { pipeline: Pipeline }): void {
  app.openapi(route, async (c) => c.json(await pipeline.embedder(c.req.valid("param").name), 200));
}
