import {
  CreateGalleryRequest,
  CreationHeaders,
  Gallery,
  NPY,
  SAFETENSORS,
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
import type { Dependencies } from "../../dependencies.ts";
import type { CreationRequest } from "../../usecases/creation.ts";
import {
  createGeneratedGallery,
  createUploadedGallery,
  readVectors,
  stackVectors,
} from "../../usecases/galleries/create.ts";
import { findGallery } from "../../usecases/galleries/get.ts";
import { answerCreation, creationAnswers, creationRequest } from "../creation.ts";

const content = { "application/json": { schema: Gallery } };
const route = createRoute({
  method: "post",
  path: "/v1/galleries",
  operationId: "createGallery",
  tags: ["galleries"],
  summary: "A gallery, from the generator or of uploaded embeddings",
  description:
    "A gallery holds a packing near where faces are. `generator` draws faces of nobody and embeds them, as a job; `upload` takes embeddings that there are already, and is ready at once. A body of .npy or safetensors takes `name` and `model` from the query.",
  request: {
    headers: CreationHeaders,
    query: UploadQuery,
    body: {
      description:
        "JSON; or, to upload many embeddings, .npy float32 [n, d], or safetensors with a tensor `embeddings`.",
      content: {
        "application/json": { schema: CreateGalleryRequest },
        [NPY]: { schema: { type: "string", format: "binary" } },
        [SAFETENSORS]: { schema: { type: "string", format: "binary" } },
      },
    },
  },
  responses: {
    ...creationAnswers(content),
    ...problems(400, 413, 415, 422, 503),
  },
});

export function createGalleryRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    const headers = c.req.valid("header");
    const request = await creationRequest(c, headers);
    const media = contentType(c, TENSOR_MEDIA_TYPES);
    const { id } =
      media === "application/json"
        ? await createFromJson(deps, validatedJson<CreateGalleryRequest>(c), request)
        : await createUploadedGallery(
            deps,
            {
              name: c.req.valid("query").name ?? "",
              model: c.req.valid("query").model,
              vectors: readVectors(new Uint8Array(await c.req.arrayBuffer()), media),
            },
            request,
          );
    const { resource, status } = await answerCreation(c, deps, {
      find: () => findGallery(deps, id),
      path: `/v1/galleries/${id}`,
      prefer: headers.prefer,
    });
    return c.json(resource, status);
  });
}

function createFromJson(deps: Dependencies, body: CreateGalleryRequest, request: CreationRequest) {
  if (body.source === "generator") return createGeneratedGallery(deps, body, request);
  const { name, model, embeddings } = body;
  return createUploadedGallery(deps, { name, model, vectors: stackVectors(embeddings) }, request);
}
