import { ListQuery, pageOf } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { listResources } from "../../usecases/resources/list.ts";
import { COLLECTIONS } from "../collections.ts";

const routes = COLLECTIONS.map(({ kind, path, name, plural, schema }) => ({
  kind,
  route: createRoute({
    method: "get",
    path: `/v1/${path}`,
    operationId: `list${plural}`,
    tags: [path],
    summary: `${plural}, newest first`,
    description:
      "A page of those that fit every filter, in the order that `sort` says; `nextCursor` leads to the next, under the same query.",
    request: { query: ListQuery },
    responses: {
      200: {
        description: "A page",
        content: { "application/json": { schema: pageOf(schema, `${name}Page`) } },
      },
      ...problems(400),
    },
  }),
}));

export function listResourcesRoute(app: ServiceApp, deps: Dependencies): void {
  for (const { kind, route } of routes) {
    app.openapi(route, async (c) => {
      const page = await listResources(deps, kind, c.req.valid("query"));
      return c.json(page, 200);
    });
  }
}
