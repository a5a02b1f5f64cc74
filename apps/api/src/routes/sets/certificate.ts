import { z } from "@hono/zod-openapi";
import { certificatePlot } from "@hyperface/certificate";
import { Certificate } from "@hyperface/contracts";
import { renderPng } from "@hyperface/plots";
import {
  clientSignal,
  createRoute,
  negotiate,
  notJson,
  problems,
  type ServiceApp,
} from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { getCertificate } from "../../usecases/sets/certificate.ts";
import { SETS } from "../collections.ts";

const routes = SETS.map(({ kind, path, name, Id }) => ({
  kind,
  route: createRoute({
    method: "get",
    path: `/v1/${path}/{id}/certificate`,
    operationId: `get${name}Certificate`,
    tags: [path],
    summary: "How good it is as a set, against what is possible",
    description:
      "Exact largest cosine and pair, nearest neighbours, bounds, and the gap to them. As `image/png` a plot of it.",
    request: { params: z.object({ id: Id }) },
    responses: {
      200: {
        description: "The certificate; as image/png its plot",
        content: {
          "application/json": { schema: Certificate },
          "image/png": { schema: { type: "string", format: "binary" } },
        },
      },
      ...problems(404, 406, 409, 422, 500, 503),
    },
  }),
}));

export function getSetCertificateRoute(app: ServiceApp, deps: Dependencies): void {
  for (const { kind, route } of routes) {
    app.openapi(route, async (c) => {
      const media = negotiate(c, ["application/json", "image/png"]);
      const certificate = await getCertificate(
        deps,
        c.req.valid("param").id,
        kind,
        clientSignal(c),
      );
      if (media === "application/json") return c.json(certificate, 200);
      const png = await renderPng(certificatePlot(certificate));
      return notJson(c.body(png as Uint8Array<ArrayBuffer>, 200, { "content-type": media }));
    });
  }
}
