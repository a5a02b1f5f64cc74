import {
  HyperFaceError,
  SampleIdentitiesRequest,
  SampleIdentitiesResponse,
} from "@hyperface/contracts";
import type { Turns } from "@hyperface/inference";
import { messageRoute, type ServiceApp } from "@hyperface/service-kit";
import type { GenerateDependencies } from "../../app.ts";
import type { Generator } from "../../generators/generator.ts";
import type { ImageMakers } from "../../images.ts";
import { priorNoise } from "../../noise.ts";

/** Identities drawn in one turn: they take about as long as an image. */
const BATCH = 64;

const route = {
  path: "/v1/identities",
  operationId: "sampleIdentities",
  tags: ["identities"],
  summary: "Identities drawn from the generator's learned prior",
  description: "The unconditional mode: identity i of a seed is the same in any call.",
  request: SampleIdentitiesRequest,
  response: SampleIdentitiesResponse,
  answered: "Unit embeddings, one an identity",
  refusals: [400, 415, 422, 503],
};

export function sampleIdentitiesRoute(app: ServiceApp, deps: GenerateDependencies): void {
  messageRoute(app, route, (request, signal) => {
    const work = ({ generator }: ImageMakers) => sample(generator, request, deps.enter(signal));
    return deps.generators.use(request.generator, work);
  });
}

async function sample(
  { description, prior }: Generator,
  { count, seed, offset }: SampleIdentitiesRequest,
  turns: Turns,
) {
  if (!prior) {
    throw new HyperFaceError(
      "invalid-request",
      `generator ${description.name} has no prior over identities: it takes embeddings of ${description.embedder.name}`,
    );
  }
  const dimension = description.embeddingDimension;
  const embeddings = new Float32Array(count * dimension);
  const draw = async (i: number) => {
    const noise = priorNoise(seed, offset + i, prior.noiseDimension);
    embeddings.set(await prior.sampleIdentity(noise), i * dimension);
  };
  const batches = Array.from({ length: Math.ceil(count / BATCH) }, (_, k) =>
    Array.from({ length: Math.min(BATCH, count - k * BATCH) }, (_, i) => k * BATCH + i),
  );
  await turns.each(batches, (batch) => Promise.all(batch.map(draw)));
  return {
    generator: { name: description.name, sha256: description.sha256 },
    embedder: description.embedder,
    dimension,
    embeddings,
  };
}
