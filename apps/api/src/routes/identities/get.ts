import { z } from "@hono/zod-openapi";
import {
  GeneratorName,
  Identity,
  PackingId,
  strictObject,
  TextDraw,
  TextIndex,
} from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { getIdentity } from "../../usecases/identities/get.ts";

const route = createRoute({
  method: "get",
  path: "/v1/packings/{id}/identities/{identity}",
  operationId: "getIdentity",
  tags: ["identities"],
  summary:
    "An identity: its reference embedding, its nearest neighbour, and what drawing makes of it",
  description: "Of a packing that is ready.",
  request: {
    params: z.object({ id: PackingId, identity: TextIndex }),
    query: strictObject({ draw: TextDraw, generator: GeneratorName }),
  },
  responses: {
    200: { description: "The identity", content: { "application/json": { schema: Identity } } },
    ...problems(400, 404, 409, 422, 503),
  },
});

export function getIdentityRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    const { id, identity } = c.req.valid("param");
    return c.json(await getIdentity(deps, id, identity, c.req.valid("query")), 200);
  });
}
