import { CreatePackingRequest, CreationHeaders, Packing } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { createPacking } from "../../usecases/packings/create.ts";
import { findPacking } from "../../usecases/packings/get.ts";
import { answerCreation, creationAnswers, creationRequest } from "../creation.ts";

const content = { "application/json": { schema: Packing } };
const route = createRoute({
  method: "post",
  path: "/v1/packings",
  operationId: "createPacking",
  tags: ["packings"],
  summary: "Reference embeddings, packed as far apart as possible near a gallery (Eq. 2)",
  description:
    "Made by a job, in slices that go on from one another. Every set that it names must be ready, and of one embedder.",
  request: {
    headers: CreationHeaders,
    body: { required: true, content: { "application/json": { schema: CreatePackingRequest } } },
  },
  responses: {
    ...creationAnswers(content),
    ...problems(400, 404, 409, 415, 422),
  },
});

export function createPackingRoute(app: ServiceApp, deps: Dependencies): void {
  app.openapi(route, async (c) => {
    const headers = c.req.valid("header");
    const { id } = await createPacking(
      deps,
      c.req.valid("json"),
      await creationRequest(c, headers),
    );
    const { resource, status } = await answerCreation(c, deps, {
      find: () => findPacking(deps, id),
      path: `/v1/packings/${id}`,
      prefer: headers.prefer,
    });
    return c.json(resource, status);
  });
}
