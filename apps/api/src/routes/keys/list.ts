import { ApiKey, PageQuery, pageOf } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { listKeys } from "../../usecases/keys/list.ts";

const route = createRoute({
  method: "get",
  path: "/v1/keys",
  operationId: "listKeys",
  tags: ["keys"],
  summary: "API keys, newest first",
  description: "Without the keys themselves, which are kept nowhere.",
  request: { query: PageQuery },
  responses: {
    200: {
      description: "A page",
      content: { "application/json": { schema: pageOf(ApiKey, "ApiKeyPage") } },
    },
    ...problems(400, 403),
  },
});

export function listKeysRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => c.json(await listKeys(deps, c.req.valid("query")), 200));
}
