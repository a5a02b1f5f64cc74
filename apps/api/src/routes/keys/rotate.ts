import { z } from "@hono/zod-openapi";
import { CreatedApiKey, KeyId, RotateKeyRequest } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { rotateKey } from "../../usecases/keys/rotate.ts";

const route = createRoute({
  method: "post",
  path: "/v1/keys/{id}/rotation",
  operationId: "rotateKey",
  tags: ["keys"],
  summary: "Replace an API key by a new one",
  description: "Of the same name, scope and expiry; the old one holds for `graceSeconds` more.",
  request: {
    params: z.object({ id: KeyId }),
    body: { required: true, content: { "application/json": { schema: RotateKeyRequest } } },
  },
  responses: {
    200: { description: "The new key", content: { "application/json": { schema: CreatedApiKey } } },
    ...problems(400, 403, 404, 415),
  },
});

export function rotateKeyRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) =>
    c.json(await rotateKey(deps, c.req.valid("param").id, c.req.valid("json")), 200),
  );
}
