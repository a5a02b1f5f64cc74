import { SampleIdentitiesRequest, SampleIdentitiesResponse } from "@hyperface/contracts";
import { createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Generators } from "../../generators/index.ts";
import { priorNoise } from "../../noise.ts";

const route = createRoute({
  method: "post",
  path: "/v1/identities",
  operationId: "sampleIdentities",
  tags: ["identities"],
  summary: "Identities drawn from the generator's learned prior",
  description: "The unconditional mode: identity i of a seed is the same in any call.",
  request: {
    body: { required: true, content: { "application/json": { schema: SampleIdentitiesRequest } } },
  },
  responses: {
    200: {
      description: "Unit embeddings, one an identity",
      content: { "application/json": { schema: SampleIdentitiesResponse } },
    },
    ...problems(400, 415, 422),
  },
});

export function sampleIdentities(app: ServiceApp, deps: { generators: Generators }): void {
  app.openapi(route, async (c) => {
    const { generator: name, count, seed, offset } = c.req.valid("json");
    const generator = await deps.generators.get(name);
    const { description, priorNoiseDimension } = generator;
    const embeddings = await Promise.all(
      Array.from({ length: count }, async (_, i) => [
        ...(await generator.sampleIdentity(priorNoise(seed, offset + i, priorNoiseDimension))),
      ]),
    );
    return c.json(
      {
        generator: { name: description.name, sha256: description.sha256 },
        embedder: description.embedder,
        dimension: description.embeddingDimension,
        embeddings,
      },
      200,
    );
  });
}
