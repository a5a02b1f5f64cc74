import { z } from "@hono/zod-openapi";
import { leakagePage } from "@hyperface/certificate";
import { LeakageCheckId, LeakageReport } from "@hyperface/contracts";
import { createRoute, negotiate, notJson, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { readReport, readReportSheet } from "../../usecases/leakage-checks/report.ts";

const json = { "application/json": { schema: LeakageReport } };
const html = { "text/html": { schema: { type: "string" } as const } };

const routeOf = (suffix: string, name: string, content: Partial<typeof json & typeof html>) =>
  createRoute({
    method: "get",
    path: `/v1/leakage-checks/{id}/report${suffix}`,
    operationId: `getLeakageReport${name}`,
    tags: ["leakage-checks"],
    summary: "What a leakage check found, signed",
    description:
      "Names the hashes of all that was compared. Signed by Ed25519 where the installation has a SIGNING_KEY; `hyperface verify-report` checks it offline. As `text/html`, or at `report.html`, one page with the distributions of cosines and the images of the nearest pairs.",
    request: { params: z.object({ id: LeakageCheckId }) },
    responses: {
      200: { description: "The report", content },
      ...problems(404, 406, 409, 500),
    },
  });

const routes = [
  { route: routeOf("", "", { ...json, ...html }), isPage: false },
  { route: routeOf(".html", "Page", html), isPage: true },
];

export function getLeakageReportRoute(app: ServiceApp, deps: Dependencies): void {
  for (const { route, isPage } of routes) {
    app.openapi(route, async (c) => {
      const media = isPage ? "text/html" : negotiate(c, ["application/json", "text/html"]);
      const { id } = c.req.valid("param");
      if (media === "application/json") return notJson(c.json(await readReport(deps, id), 200));
      return notJson(c.html(leakagePage(await readReportSheet(deps, id))));
    });
  }
}
