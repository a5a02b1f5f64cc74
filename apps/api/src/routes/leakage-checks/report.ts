import { z } from "@hono/zod-openapi";
import { leakagePage } from "@hyperface/certificate";
import { LeakageCheckId, LeakageReport } from "@hyperface/contracts";
import { createRoute, notJson, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { readReport, readReportSheet } from "../../usecases/leakage-checks/report.ts";
import { representations, TEXT } from "../representations.ts";

const CONTENT = { "application/json": { schema: LeakageReport }, "text/html": TEXT };

const routeOf = (suffix: string, name: string, content: Partial<typeof CONTENT>) =>
  createRoute({
    method: "get",
    path: `/v1/leakage-checks/{id}/report${suffix}`,
    operationId: `getLeakageReport${name}`,
    tags: ["leakage-checks"],
    summary: "What a leakage check found, signed",
    description:
      "Names the hashes of all that was compared. Signed by Ed25519 where the installation has a SIGNING_KEY; `hyperface verify-report` checks it offline. As `text/html`, or at `report.html`, one page with the distributions of cosines and the nearest pairs side by side: a dataset's images, and the faces that a gallery of photographs keeps.",
    request: { params: z.object({ id: LeakageCheckId }) },
    responses: {
      200: { description: "The report", content },
      ...problems(404, 406, 409, 500),
    },
  });

const routes = representations(CONTENT, [[".html", "Page", "text/html"]], routeOf);

export function getLeakageReportRoute(app: ServiceApp, deps: Dependencies): void {
  for (const { route, mediaOf } of routes) {
    app.openapi(route, async (c) => {
      const media = mediaOf(c);
      const { id } = c.req.valid("param");
      if (media === "application/json") return notJson(c.json(await readReport(deps, id), 200));
      return notJson(c.html(leakagePage(await readReportSheet(deps, id))));
    });
  }
}
