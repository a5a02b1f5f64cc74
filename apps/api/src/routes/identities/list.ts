import { z } from "@hono/zod-openapi";
import { IdentitySummary, PackingId, PageQuery, pageOf } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { listIdentities } from "../../usecases/identities/list.ts";

const route = createRoute({
  method: "get",
  path: "/v1/packings/{id}/identities",
  operationId: "listIdentities",
  tags: ["identities"],
  summary: "A packing's identities, by index",
  description:
    "A page of them, without their embeddings: those are at the packing's `/embeddings`.",
  request: { params: z.object({ id: PackingId }), query: PageQuery },
  responses: {
    200: {
      description: "A page",
      content: { "application/json": { schema: pageOf(IdentitySummary, "IdentityPage") } },
    },
    ...problems(400, 404, 409),
  },
});

export function listIdentitiesRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    const page = await listIdentities(deps, c.req.valid("param").id, c.req.valid("query"));
    return c.json(page, 200);
  });
}
