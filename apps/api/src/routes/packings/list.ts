import { ListQuery, Packing, pageOf } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { listPackings } from "../../usecases/packings/list.ts";

const route = createRoute({
  method: "get",
  path: "/v1/packings",
  operationId: "listPackings",
  tags: ["packings"],
  summary: "Packings, newest first",
  description: "A page of them; `nextCursor` leads to the next.",
  request: { query: ListQuery },
  responses: {
    200: {
      description: "A page",
      content: { "application/json": { schema: pageOf(Packing, "PackingPage") } },
    },
    ...problems(400),
  },
});

export function listPackingsRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => c.json(await listPackings(deps, c.req.valid("query")), 200));
}
