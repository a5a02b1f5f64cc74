import { createRoute, z } from "@hono/zod-openapi";
import { certificatePlot } from "@hyperface/certificate";
import { Certificate, PackingId } from "@hyperface/contracts";
import { renderPng } from "@hyperface/plots";
import { negotiate, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { getCertificate } from "../../usecases/packings/certificate.ts";

const route = createRoute({
  method: "get",
  path: "/v1/packings/{id}/certificate",
  operationId: "getPackingCertificate",
  tags: ["packings"],
  summary: "How good a finished packing is, against what is possible",
  request: { params: z.object({ id: PackingId }) },
  responses: {
    200: {
      description: "The certificate; as image/png its plot",
      content: {
        "application/json": { schema: Certificate },
        "image/png": { schema: { type: "string", format: "binary" } },
      },
    },
    ...problems(404, 406, 409),
  },
});

export function getPackingCertificate(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    const media = negotiate(c, ["application/json", "image/png"]);
    const certificate = await getCertificate(deps, c.req.valid("param").id);
    if (media === "application/json") return c.json(certificate, 200);
    const png = await renderPng(certificatePlot(certificate));
    return c.body(png as Uint8Array<ArrayBuffer>, 200, { "content-type": media }) as never;
  });
}
