import { z } from "@hono/zod-openapi";
import { certificatePage } from "@hyperface/certificate";
import { DatasetCertificate, DatasetId, IMAGE_MEDIA_TYPES } from "@hyperface/contracts";
import {
  clientSignal,
  createRoute,
  negotiate,
  notJson,
  problems,
  type ServiceApp,
} from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { getDatasetCertificate } from "../../usecases/datasets/certificate.ts";

const route = createRoute({
  method: "get",
  path: "/v1/datasets/{id}/certificate",
  operationId: "getDatasetCertificate",
  tags: ["datasets"],
  summary: "What a dataset is worth, with figures of its images and identities",
  description:
    "Between and within identities, verification over ten folds, pose and quality, leakage checks made of it. As `text/html` one page with pictures and plots, which needs nothing beside it.",
  request: { params: z.object({ id: DatasetId }) },
  responses: {
    200: {
      description: "The certificate",
      content: {
        "application/json": { schema: DatasetCertificate },
        "text/html": { schema: { type: "string" } },
      },
    },
    ...problems(404, 406, 409, 422, 500, 503),
  },
});

export function getDatasetCertificateRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    const media = negotiate(c, ["application/json", "text/html"]);
    const { id } = c.req.valid("param");
    const { certificate, imageFormat, readSheet } = await getDatasetCertificate(
      deps,
      id,
      clientSignal(c),
    );
    if (media === "application/json") return c.json(certificate, 200);
    const sheet = await readSheet();
    const mediaType = IMAGE_MEDIA_TYPES[imageFormat];
    return notJson(c.html(certificatePage({ certificate, sheet, mediaType })));
  });
}
