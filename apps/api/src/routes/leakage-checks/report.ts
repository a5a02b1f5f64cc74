import { z } from "@hono/zod-openapi";
import { LeakageCheckId, LeakageReport } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { readReport } from "../../usecases/leakage-checks/report.ts";

const route = createRoute({
  method: "get",
  path: "/v1/leakage-checks/{id}/report",
  operationId: "getLeakageReport",
  tags: ["leakage-checks"],
  summary: "What a leakage check found, signed",
  description:
    "Names the hashes of all that was compared. Signed by Ed25519 where the installation has a SIGNING_KEY; `hyperface verify-report` checks it offline.",
  request: { params: z.object({ id: LeakageCheckId }) },
  responses: {
    200: { description: "The report", content: { "application/json": { schema: LeakageReport } } },
    ...problems(404, 409, 500),
  },
});

export function getLeakageReportRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => c.json(await readReport(deps, c.req.valid("param").id), 200));
}
