import { createHash } from "node:crypto";
import { z } from "@hono/zod-openapi";
import { certificatePage } from "@hyperface/certificate";
import { DatasetCertificate, DatasetId, IMAGE_MEDIA_TYPES } from "@hyperface/contracts";
import {
  clientSignal,
  createRoute,
  matchesEtag,
  notJson,
  problems,
  type ServiceApp,
} from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { getDatasetCertificate } from "../../usecases/datasets/certificate.ts";
import { representations, TEXT } from "../representations.ts";

const CONTENT = { "application/json": { schema: DatasetCertificate }, "text/html": TEXT };

const routeOf = (suffix: string, name: string, content: Partial<typeof CONTENT>) =>
  createRoute({
    method: "get",
    path: `/v1/datasets/{id}/certificate${suffix}`,
    operationId: `getDatasetCertificate${name}`,
    tags: ["datasets"],
    summary: "What a dataset is worth, with figures of its images and identities",
    description:
      "Between and within identities, verification over ten folds, pose and quality, leakage checks made of it. Its ETag changes where a leakage check was made since. As `text/html`, or at `certificate.html`, one page with pictures and plots, which needs nothing beside it.",
    request: {
      params: z.object({ id: DatasetId }),
      headers: z.object({ "if-none-match": z.string().optional() }),
    },
    responses: {
      200: { description: "The certificate", content },
      304: { description: "The ETag of If-None-Match is still right" },
      ...problems(404, 406, 409, 422, 500, 503),
    },
  });

const routes = representations(CONTENT, [[".html", "Page", "text/html"]], routeOf);

export function getDatasetCertificateRoute(app: ServiceApp, deps: Dependencies): void {
  for (const { route, mediaOf } of routes) {
    app.openapi(route, async (c) => {
      const media = mediaOf(c);
      const { id } = c.req.valid("param");
      const found = await getDatasetCertificate(deps, id, clientSignal(c));
      const { certificate, imageFormat, readSheet } = found;
      const etag = etagOf(media, certificate);
      c.header("etag", etag);
      if (matchesEtag(c.req.header("if-none-match"), etag)) return notJson(c.body(null, 304));
      if (media === "application/json") return notJson(c.json(certificate, 200));
      const sheet = await readSheet();
      const mediaType = IMAGE_MEDIA_TYPES[imageFormat];
      return notJson(c.html(certificatePage({ certificate, sheet, mediaType })));
    });
  }
}

/** A page and its pictures are a function of the certificate and of images that do not change. */
const etagOf = (media: string, certificate: DatasetCertificate) =>
  `"${createHash("sha256")
    .update(`${media}\n${JSON.stringify(certificate)}`)
    .digest("base64url")}"`;
