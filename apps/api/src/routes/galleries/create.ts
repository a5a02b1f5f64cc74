import {
  CreateGalleryRequest,
  CreationHeaders,
  errorAt,
  Gallery,
  NPY,
  SAFETENSORS,
  TAR,
  TENSOR_MEDIA_TYPES,
  UploadQuery,
} from "@hyperface/contracts";
import {
  contentType,
  createRoute,
  problems,
  type ServiceApp,
  validatedJson,
} from "@hyperface/service-kit";
import type { Context } from "hono";
import type { Dependencies } from "../../dependencies.ts";
import type { CreationRequest } from "../../usecases/creation.ts";
import {
  createGeneratedGallery,
  createUploadedGallery,
  readVectors,
  stackVectors,
} from "../../usecases/galleries/create.ts";
import { findGallery } from "../../usecases/galleries/get.ts";
import { createPhotographGallery } from "../../usecases/galleries/photographs/create.ts";
import { answerCreation, creationAnswers, creationRequest, streamedRequest } from "../creation.ts";

const content = { "application/json": { schema: Gallery } };
const route = createRoute({
  method: "post",
  path: "/v1/galleries",
  operationId: "createGallery",
  tags: ["galleries"],
  summary: "A gallery, from the generator, of uploaded embeddings or of photographs",
  description:
    "A gallery holds a packing near where faces are, or is what a dataset may not resemble. `generator` draws faces of nobody and embeds them, as a job; `upload` takes embeddings that there are already, and is ready at once. A body of .npy or safetensors takes `name` and `model` from the query, and so does a tar archive of photographs, `tar c photos | curl --data-binary @- -H 'content-type: application/x-tar' ...`: the central face of each JPEG, PNG or WebP file in it is embedded, as a job, and `GET /v1/galleries/{id}/photographs` tells which file is which row. The archive is read as it comes; its files are deleted as soon as they have been looked at, when the job ends at the latest.",
  request: {
    headers: CreationHeaders,
    query: UploadQuery,
    body: {
      description:
        "JSON; or, to upload many embeddings, .npy float32 [n, d], or safetensors with a tensor `embeddings`; or a tar archive of photographs.",
      content: {
        "application/json": { schema: CreateGalleryRequest },
        [NPY]: { schema: { type: "string", format: "binary" } },
        [SAFETENSORS]: { schema: { type: "string", format: "binary" } },
        [TAR]: { schema: { type: "string", format: "binary" } },
      },
    },
  },
  responses: {
    ...creationAnswers(content),
    ...problems(400, 413, 415, 422, 503),
  },
});

/** Whether a request brings an archive of photographs. */
export const isArchive = ({ req }: Context) =>
  req.method === "POST" &&
  req.path === route.path &&
  /^application\/x-tar *(;|$)/i.test(req.header("content-type") ?? "");

export function createGalleryRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    const headers = c.req.valid("header");
    const query = c.req.valid("query");
    const media = contentType(c, [...TENSOR_MEDIA_TYPES, TAR]);
    const { id } =
      media === TAR
        ? await createFromArchive(c, deps, query, headers)
        : await createFromVectors(c, deps, query, { headers, media });
    const { resource, status } = await answerCreation(c, deps, {
      find: () => findGallery(deps, id),
      path: `/v1/galleries/${id}`,
      prefer: headers.prefer,
    });
    return c.json(resource, status);
  });
}

async function createFromArchive(
  c: Context,
  deps: Dependencies,
  { name = "", model, keepFaces }: UploadQuery,
  headers: CreationHeaders,
) {
  const { body, request, readOn } = streamedRequest(c, headers);
  const length = Number(c.req.header("content-length") ?? 0);
  const photographs = { name, model, keepFaces, body, length };
  try {
    return await createPhotographGallery(deps, photographs, request);
  } catch (error) {
    // A client that is still sending reads no answer; where more comes nothing else can on this connection.
    const isRead = await readOn().catch(() => true);
    if (!isRead) c.header("connection", "close");
    throw error;
  }
}

async function createFromVectors(
  c: Context,
  deps: Dependencies,
  { name = "", model, keepFaces }: UploadQuery,
  { headers, media }: { headers: CreationHeaders; media: (typeof TENSOR_MEDIA_TYPES)[number] },
) {
  if (keepFaces) {
    const detail = `is of photographs: send them as ${TAR}, or leave it out`;
    throw errorAt("invalid-request", "keepFaces", detail, `keepFaces ${detail}`);
  }
  const request = await creationRequest(c, headers);
  if (media === "application/json") {
    return createFromJson(deps, validatedJson<CreateGalleryRequest>(c), request);
  }
  const read = readVectors(new Uint8Array(await c.req.arrayBuffer()), media);
  return createUploadedGallery(deps, { name, model, ...read }, request);
}

function createFromJson(deps: Dependencies, body: CreateGalleryRequest, request: CreationRequest) {
  if (body.source === "generator") return createGeneratedGallery(deps, body, request);
  const { name, model, embeddings } = body;
  return createUploadedGallery(deps, { name, model, vectors: stackVectors(embeddings) }, request);
}
