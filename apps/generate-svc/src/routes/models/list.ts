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
      description: "Every generator",
      content: {
        "application/json": { schema: GeneratorList },
      },
    },
  },
});

export function listGeneratorsRoute(app: ServiceApp, deps: { generators: Generators }): void {
  app.openapi(route, async (c) => {
    const generators = await deps.generators.all();
    const data = generators.map(({ generator, arithmetic }) => ({
      ...generator.description,
      arithmetic,
    }));
    return c.json({ data }, 200);
  });
}
