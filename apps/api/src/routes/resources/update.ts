import { z } from "@hono/zod-openapi";
import { ResourceUpdate } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { updateResource } from "../../usecases/resources/update.ts";
import { COLLECTIONS } from "../collections.ts";

const routes = COLLECTIONS.map(({ kind, path, name, Id, schema }) => ({
  kind,
  route: createRoute({
    method: "patch",
    path: `/v1/${path}/{id}`,
    operationId: `update${name}`,
    tags: [path],
    summary: "Give it another name",
    description: "Nothing else of it changes: what it is made of is what it is.",
    request: {
      params: z.object({ id: Id }),
      body: { required: true, content: { "application/json": { schema: ResourceUpdate } } },
    },
    responses: {
      200: { description: `The ${kind}`, content: { "application/json": { schema } } },
      ...problems(400, 404, 412, 415),
    },
  }),
}));

export function updateResourceRoute(app: ServiceApp, deps: Dependencies): void {
  for (const { kind, route } of routes) {
    app.openapi(route, async (c) => {
      const resource = await updateResource(
        deps,
        kind,
        c.req.valid("param").id,
        c.req.valid("json").name,
      );
      return c.json(resource, 200);
    });
  }
}
