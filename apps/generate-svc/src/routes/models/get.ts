import { z } from "@hono/zod-openapi";
import { LoadedGenerator, ModelName } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Generators } from "../../generators/index.ts";

const route = createRoute({
  method: "get",
  path: "/v1/models/{name}",
  operationId: "getGenerator",
  tags: ["models"],
  summary: "A generator, which asking for it loads",
  request: { params: z.object({ name: ModelName }) },
  responses: {
    200: {
      description: "The generator",
      content: { "application/json": { schema: LoadedGenerator } },
    },
    ...problems(400, 422),
  },
});

export function getGeneratorRoute(
  app: ServiceApp,
  { generators }: { generators: Generators },
): void {
  app.openapi(route, async (c) => {
    const { name } = c.req.valid("param");
    const found = await generators.use(name, async ({ generator, arithmetic }) => ({
      ...generator.description,
      state: "ready" as const,
      arithmetic,
    }));
    return c.json(found, 200);
  });
}
