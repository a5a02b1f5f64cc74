import { CreatedApiKey, CreateKeyRequest } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { createKey } from "../../usecases/keys/create.ts";

const route = createRoute({
  method: "post",
  path: "/v1/keys",
  operationId: "createKey",
  tags: ["keys"],
  summary: "Make an API key",
  description: "The answer is the only place where the key stands: only its hash is kept.",
  request: {
    body: { required: true, content: { "application/json": { schema: CreateKeyRequest } } },
  },
  responses: {
    201: { description: "The key", content: { "application/json": { schema: CreatedApiKey } } },
    ...problems(400, 403, 415),
  },
});

export function createKeyRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => c.json(await createKey(deps, c.req.valid("json")), 201));
}
