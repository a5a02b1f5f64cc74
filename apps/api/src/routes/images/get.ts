import { z } from "@hono/zod-openapi";
import {
  IMAGE_MEDIA_TYPES,
  type ImageFormat,
  ImageQuery,
  PackingId,
  PROVENANCE_HEADER,
  TextIndex,
} from "@hyperface/contracts";
import {
  clientSignal,
  createRoute,
  HEADERS,
  matchesEtag,
  negotiate,
  notJson,
  problems,
  type ServiceApp,
} from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { prepareImage } from "../../usecases/images/get.ts";

const { etag, cacheControl, vary } = HEADERS;
const headers = { etag, "cache-control": cacheControl, vary };
const schema = { type: "string", format: "binary" } as const;
const route = createRoute({
  method: "get",
  path: "/v1/packings/{id}/identities/{identity}/images/{sample}",
  operationId: "getIdentityImage",
  tags: ["images"],
  summary: "One image of an identity: the same bytes each time, of one arithmetic",
  description:
    "A pure function of the URL and of the generator: nothing is stored for it, and its ETag is known before it is made.",
  request: {
    params: z.object({ id: PackingId, identity: TextIndex, sample: TextIndex }),
    query: ImageQuery,
  },
  responses: {
    200: {
      description: "The image, with its provenance in the header image-provenance and in the file",
      headers: {
        ...headers,
        [PROVENANCE_HEADER]: {
          description: "The image's provenance, as JSON.",
          schema: { type: "string" as const },
        },
      },
      content: { "image/png": { schema }, "image/webp": { schema }, "image/jpeg": { schema } },
    },
    304: { description: "The ETag of If-None-Match is still right", headers },
    ...problems(400, 404, 406, 409, 422, 503),
  },
});

const FORMATS = Object.fromEntries(
  Object.entries(IMAGE_MEDIA_TYPES).map(([format, media]) => [media, format]),
) as Record<string, ImageFormat>;

export function getIdentityImageRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    const { id: packingId, identity, sample } = c.req.valid("param");
    const media = negotiate(c, Object.values(IMAGE_MEDIA_TYPES));
    const image = await prepareImage(
      deps,
      { packingId, identity, sample },
      { query: c.req.valid("query"), format: FORMATS[media] as ImageFormat },
    );
    const headers = { "cache-control": "public, max-age=31536000, immutable" };
    if (matchesEtag(c.req.header("if-none-match"), image.etag)) {
      return c.body(null, 304, { ...headers, etag: image.etag });
    }
    const made = image.findMade() ?? (await image.make(clientSignal(c)));
    const { data, provenance, etag } = made;
    const own = { etag, "content-type": media, [PROVENANCE_HEADER]: JSON.stringify(provenance) };
    return notJson(c.body(data as Uint8Array<ArrayBuffer>, 200, { ...headers, ...own }));
  });
}
