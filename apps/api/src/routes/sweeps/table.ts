import { z } from "@hono/zod-openapi";
import { SweepId, SweepTable } from "@hyperface/contracts";
import { createRoute, notJson, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { getSweepTable, tableCsv, tableMarkdown } from "../../usecases/sweeps/table.ts";
import { representations, TEXT } from "../representations.ts";

const CONTENT = {
  "application/json": { schema: SweepTable },
  "text/csv": TEXT,
  "text/markdown": TEXT,
};

const routeOf = (suffix: string, name: string, content: Partial<typeof CONTENT>) =>
  createRoute({
    method: "get",
    path: `/v1/sweeps/{id}/table${suffix}`,
    operationId: `getSweepTable${name}`,
    tags: ["sweeps"],
    summary: "What the cells of a sweep came to, a row each",
    description:
      "At any time: a cell that is not done has no figures yet. As JSON, CSV or Markdown, by Accept or by the path's extension.",
    request: { params: z.object({ id: SweepId }) },
    responses: { 200: { description: "The table", content }, ...problems(404, 406) },
  });

const routes = representations(
  CONTENT,
  [
    [".json", "AsJson", "application/json"],
    [".csv", "AsCsv", "text/csv"],
    [".md", "AsMarkdown", "text/markdown"],
  ],
  routeOf,
);

export function getSweepTableRoute(app: ServiceApp, deps: Dependencies): void {
  for (const { route, mediaOf } of routes) {
    app.openapi(route, async (c) => {
      const media = mediaOf(c);
      const table = await getSweepTable(deps, c.req.valid("param").id);
      if (media === "application/json") return notJson(c.json(table, 200));
      const body = media === "text/csv" ? tableCsv(table) : tableMarkdown(table);
      return notJson(c.body(body, 200, { "content-type": `${media}; charset=utf-8` }));
    });
  }
}
