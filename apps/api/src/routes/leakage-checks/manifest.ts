import { z } from "@hono/zod-openapi";
import { LeakageCheckId } from "@hyperface/contracts";
import {
  createRoute,
  notJson,
  problems,
  type ServiceApp,
  streamBody,
} from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { readCleanedManifest } from "../../usecases/leakage-checks/manifest.ts";

const LINES = "application/x-ndjson";
const route = createRoute({
  method: "get",
  path: "/v1/leakage-checks/{id}/manifest",
  operationId: "getCleanedManifest",
  tags: ["leakage-checks"],
  summary: "The dataset's manifest without the images that the check leaves out",
  description:
    "A JSON object on each line, as in the dataset's own; its places are in the same files.",
  request: { params: z.object({ id: LeakageCheckId }) },
  responses: {
    200: {
      description: "The rows that stay",
      content: { [LINES]: { schema: { type: "string", format: "binary" } } },
    },
    ...problems(404, 409, 500),
  },
});

export function getCleanedManifestRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    const rows = await readCleanedManifest(deps, c.req.valid("param").id);
    const stream = await streamBody(c, rows, deps.logger);
    return notJson(c.body(stream, 200, { "content-type": LINES }));
  });
}
