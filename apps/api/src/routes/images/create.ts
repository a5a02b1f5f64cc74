import { z } from "@hono/zod-openapi";
import {
  CreateIdentityImagesRequest,
  CreateIdentityImagesResponse,
  PackingId,
  TextIndex,
} from "@hyperface/contracts";
import { clientSignal, createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { createIdentityImages } from "../../usecases/images/create.ts";

const route = createRoute({
  method: "post",
  path: "/v1/packings/{id}/identities/{identity}/images",
  operationId: "createIdentityImages",
  tags: ["images"],
  summary: "Many images of an identity at once; each is the image of its own URL",
  description:
    "Samples `first` to `first + count - 1`, as base64 files with their provenance. A client that leaves ends the work.",
  request: {
    params: z.object({ id: PackingId, identity: TextIndex }),
    body: {
      required: true,
      content: { "application/json": { schema: CreateIdentityImagesRequest } },
    },
  },
  responses: {
    200: {
      description: "The images, in order, without those of `failures`",
      content: { "application/json": { schema: CreateIdentityImagesResponse } },
    },
    ...problems(400, 404, 409, 415, 422, 503),
  },
});

export function createIdentityImagesRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    const { id: packingId, identity } = c.req.valid("param");
    const key = { packingId, identity };
    const images = await createIdentityImages(deps, key, c.req.valid("json"), clientSignal(c));
    // Images are compressed already.
    c.header("cache-control", "no-transform");
    return c.json(images, 200);
  });
}
