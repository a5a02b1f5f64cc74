import { SampleIdentitiesRequest, SampleIdentitiesResponse } from "@hyperface/contracts";
import { clientSignal, createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { GenerateDependencies } from "../../app.ts";
import { priorNoise } from "../../noise.ts";

/** Identities drawn in one turn: they take about as long as an image. */
const BATCH = 64;

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
    ...problems(400, 415, 422, 503),
  },
});

export function sampleIdentitiesRoute(app: ServiceApp, deps: GenerateDependencies): void {
  app.openapi(route, async (c) => {
    const { generator: name, count, seed, offset } = c.req.valid("json");
    const generator = await deps.generators.get(name);
    const { description, priorNoiseDimension } = generator;
    const draw = async (i: number) => [
      ...(await generator.sampleIdentity(priorNoise(seed, offset + i, priorNoiseDimension))),
    ];
    const batches = Array.from({ length: Math.ceil(count / BATCH) }, (_, k) =>
      Array.from({ length: Math.min(BATCH, count - k * BATCH) }, (_, i) => k * BATCH + i),
    );
    const turns = deps.enter(clientSignal(c));
    const drawn = await turns.each(batches, (batch) => Promise.all(batch.map(draw)));
    const embeddings = drawn.flat();
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
