import {
  checkConditions,
  DrawEmbeddingsRequest,
  DrawEmbeddingsResponse,
} from "@hyperface/contracts";
import { messageRoute, type ServiceApp } from "@hyperface/service-kit";
import type { Generator } from "../../generators/generator.ts";
import type { Generators } from "../../generators/index.ts";
import { checkReference, type ImageMakers } from "../../images.ts";

const route = {
  path: "/v1/drawn-embeddings",
  operationId: "drawEmbeddings",
  tags: ["embeddings"],
  summary: "Embeddings as they are drawn to where those of plain portraits lie",
  request: DrawEmbeddingsRequest,
  response: DrawEmbeddingsResponse,
  answered: "Unit embeddings, in order",
  refusals: [400, 415, 422],
};

export function drawEmbeddingsRoute(app: ServiceApp, deps: { generators: Generators }): void {
  messageRoute(app, route, (request) => {
    const work = async ({ generator }: ImageMakers) => drawAll(generator, request);
    return deps.generators.use(request.generator, work);
  });
}

function drawAll(generator: Generator, { draw, embeddings }: DrawEmbeddingsRequest) {
  const { name, sha256 } = generator.description;
  checkConditions(generator.description, { draw });
  const drawn = embeddings.map((vector, i) => {
    const embedding = checkReference(generator, vector, `/embeddings/${i}`);
    return generator.controls.draw?.(embedding, draw) ?? embedding;
  });
  return { generator: { name, sha256 }, embeddings: drawn };
}
