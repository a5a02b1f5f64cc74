import {
  checkConditions,
  DrawEmbeddingsRequest,
  DrawEmbeddingsResponse,
  messageContent,
} from "@hyperface/contracts";
import {
  answerMessage,
  createRoute,
  problems,
  readMessage,
  type ServiceApp,
} from "@hyperface/service-kit";
import type { Generator } from "../../generators/generator.ts";
import type { Generators } from "../../generators/index.ts";
import { checkReference, type ImageMakers } from "../../images.ts";

const route = createRoute({
  method: "post",
  path: "/v1/drawn-embeddings",
  operationId: "drawEmbeddings",
  tags: ["embeddings"],
  summary: "Embeddings as they are drawn to where those of plain portraits lie",
  request: {
    body: { required: true, content: messageContent(DrawEmbeddingsRequest) },
  },
  responses: {
    200: {
      description: "Unit embeddings, in order",
      content: messageContent(DrawEmbeddingsResponse),
    },
    ...problems(400, 415, 422),
  },
});

export function drawEmbeddingsRoute(app: ServiceApp, deps: { generators: Generators }): void {
  app.openapi(route, async (c) => {
    const request = await readMessage(c, DrawEmbeddingsRequest);
    const work = async ({ generator }: ImageMakers) => drawAll(generator, request);
    const drawn = await deps.generators.use(request.generator, work);
    return answerMessage(c, DrawEmbeddingsResponse, drawn);
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
