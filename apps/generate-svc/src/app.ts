import type { Turns } from "@hyperface/inference";
import { createService, type ServiceLogger, type ServiceOptions } from "@hyperface/service-kit";
import { DEFAULT_PORT } from "./env.ts";
import type { Generators } from "./generators/index.ts";
import { drawEmbeddingsRoute } from "./routes/drawn-embeddings/create.ts";
import { sampleIdentitiesRoute } from "./routes/identities/sample.ts";
import { generateImagesRoute } from "./routes/images/create.ts";
import { getGeneratorRoute } from "./routes/models/get.ts";
import { listGeneratorsRoute } from "./routes/models/list.ts";

export interface GenerateDependencies {
  logger: ServiceLogger;
  generators: Generators;
  /** Decides who is answered. */
  guard?: ServiceOptions["guard"];
  /** How a request enters the queue that all share. */
  enter: (leaving: AbortSignal) => Turns;
}

export function createGenerateApp(deps: GenerateDependencies) {
  const app = createService({
    name: "generate-svc",
    title: "HyperFace generate service",
    description: "Face images from identity embeddings, and identities from a learned prior.",
    version: "0.1.0",
    tags: {
      images: "Faces of identities.",
      identities: "Identities of the learned prior.",
      models: "What generates.",
    },
    port: DEFAULT_PORT,
    logger: deps.logger,
    guard: deps.guard,
    ready: { models: () => deps.generators.use("default", async () => {}) },
  });
  generateImagesRoute(app, deps);
  sampleIdentitiesRoute(app, deps);
  drawEmbeddingsRoute(app, deps);
  listGeneratorsRoute(app, deps);
  getGeneratorRoute(app, deps);
  return app;
}
