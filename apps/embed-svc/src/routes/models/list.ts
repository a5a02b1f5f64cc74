import { EmbedderList } from "@hyperface/contracts";
import { createRoute, type ServiceApp } from "@hyperface/service-kit";
import type { Pipeline } from "../../pipeline/index.ts";

const route = createRoute({
  method: "get",
  path: "/v1/models",
  operationId: "listEmbedders",
  tags: ["models"],
  summary: "The embedders",
  description: "Each with the sha256 of its file. Numbers of two embedders must never be compared.",
  responses: {
    200: {
      description: "Every embedder, loaded or not",
      content: {
        "application/json": { schema: EmbedderList },
      },
    },
  },
});

export function listEmbeddersRoute(app: ServiceApp, { pipeline }: { pipeline: Pipeline }): void {
  app.openapi(route, async (c) => c.json({ data: await pipeline.embedders() }, 200));
}
