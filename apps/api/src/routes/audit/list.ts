import { AuditEntry, AuditQuery, pageOf } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { listAudit } from "../../usecases/audit/list.ts";

const route = createRoute({
  method: "get",
  path: "/v1/audit",
  operationId: "listAudit",
  tags: ["keys"],
  summary: "Who made, changed, deleted or downloaded what, newest first",
  description:
    "Kept where keys are asked for, for as many days as the server is set to. An entry is there half a second after its request.",
  request: { query: AuditQuery },
  responses: {
    200: {
      description: "A page",
      content: { "application/json": { schema: pageOf(AuditEntry, "AuditPage") } },
    },
    ...problems(400, 403),
  },
});

export function listAuditRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => c.json(await listAudit(deps, c.req.valid("query")), 200));
}
