import { z } from "@hono/zod-openapi";
import { ChangeHeaders, DeleteQuery } from "@hyperface/contracts";
import { createRoute, preconditionOf, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { deleteResource } from "../../usecases/resources/delete.ts";
import { COLLECTIONS } from "../collections.ts";

const routes = COLLECTIONS.map(({ kind, path, name, Id }) => ({
  kind,
  route: createRoute({
    method: "delete",
    path: `/v1/${path}/{id}`,
    operationId: `delete${name}`,
    tags: [path],
    summary: "Delete it, with all that is stored of it and the job that made it",
    description:
      "Refused while anything refers to it or its job is under way; `cascade=true` cancels that job, and deletes all that refers to it too.",
    request: { params: z.object({ id: Id }), headers: ChangeHeaders, query: DeleteQuery },
    responses: { 204: { description: "It is gone" }, ...problems(400, 404, 409, 412) },
  }),
}));

export function deleteResourceRoute(app: ServiceApp, deps: Dependencies): void {
  for (const { kind, route } of routes) {
    app.openapi(route, async (c) => {
      const { id } = c.req.valid("param");
      await deleteResource(deps, { kind, id }, c.req.valid("query"), preconditionOf(c));
      return c.body(null, 204);
    });
  }
}
