import { z } from "@hono/zod-openapi";
import { Identity, PackingId, TextIndex } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { getIdentity } from "../../usecases/identities/get.ts";

const route = createRoute({
  method: "get",
  path: "/v1/packings/{id}/identities/{identity}",
  operationId: "getIdentity",
  tags: ["identities"],
  summary: "An identity: its reference embedding and its nearest neighbour",
  description: "Of a packing that is ready.",
  request: { params: z.object({ id: PackingId, identity: TextIndex }) },
  responses: {
    200: { description: "The identity", content: { "application/json": { schema: Identity } } },
    ...problems(400, 404, 409),
  },
});

export function getIdentityRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    const { id, identity } = c.req.valid("param");
    return c.json(await getIdentity(deps, id, identity), 200);
  });
}
