import { GeneratorList } from "@hyperface/contracts";
import { createRoute, type ServiceApp } from "@hyperface/service-kit";
import type { Generators } from "../../generators/index.ts";

const route = createRoute({
  method: "get",
  path: "/v1/models",
  operationId: "listGenerators",
  tags: ["models"],
  summary: "The generators, with the embedder whose identities each follows",
  description: "Each with the sha256 of its file.",
  responses: {
    200: {
      description: "Every generator, loaded or not",
      content: {
        "application/json": { schema: GeneratorList },
      },
    },
  },
});

export function listGeneratorsRoute(app: ServiceApp, deps: { generators: Generators }): void {
  app.openapi(route, async (c) => c.json({ data: await deps.generators.list() }, 200));
}
