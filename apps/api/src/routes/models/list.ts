import { Models } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";

const route = createRoute({
  method: "get",
  path: "/v1/models",
  operationId: "listModels",
  tags: ["models"],
  summary: "Embedders and generators",
  description: "Each with the sha256 of its file. Numbers of two embedders must never be compared.",
  responses: {
    200: { description: "All models", content: { "application/json": { schema: Models } } },
    ...problems(503),
  },
});

export function listModelsRoute(app: ServiceApp, { embed, generate }: Dependencies): void {
  app.openapi(route, async (c) => {
    const [embedders, generators] = await Promise.all([embed.listModels(), generate.listModels()]);
    return c.json({ embedders, generators }, 200);
  });
}
