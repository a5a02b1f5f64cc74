import { z } from "@hono/zod-openapi";
import { KeyId } from "@hyperface/contracts";
import { createRoute, preconditionOf, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { deleteKey } from "../../usecases/keys/delete.ts";

const route = createRoute({
  method: "delete",
  path: "/v1/keys/{id}",
  operationId: "deleteKey",
  tags: ["keys"],
  summary: "Revoke an API key",
  description: "It is refused from the next request on.",
  request: { params: z.object({ id: KeyId }) },
  responses: { 204: { description: "It is gone" }, ...problems(403, 404, 412) },
});

export function deleteKeyRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    await deleteKey(deps, c.req.valid("param").id, preconditionOf(c));
    return c.body(null, 204);
  });
}
