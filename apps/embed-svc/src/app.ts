import { createService, type ServiceLogger, type ServiceOptions } from "@hyperface/service-kit";
import { DEFAULT_PORT } from "./env.ts";
import type { Pipeline } from "./pipeline/index.ts";
import { createEmbeddingsRoute } from "./routes/embeddings/create.ts";
import { getEmbedderRoute } from "./routes/models/get.ts";
import { listEmbeddersRoute } from "./routes/models/list.ts";

export interface EmbedDependencies {
  logger: ServiceLogger;
  pipeline: Pipeline;
  /** Decides who is answered. */
  guard?: ServiceOptions["guard"];
}

export function createEmbedApp(deps: EmbedDependencies) {
  const app = createService({
    name: "embed-svc",
    title: "HyperFace embed service",
    description: "Faces in images, as unit embeddings.",
    version: "0.1.0",
    tags: { embeddings: "Faces in images, as unit embeddings.", models: "What embeds." },
    port: DEFAULT_PORT,
    logger: deps.logger,
    guard: deps.guard,
    ready: { models: deps.pipeline.ready },
  });
  createEmbeddingsRoute(app, deps);
  listEmbeddersRoute(app, deps);
  getEmbedderRoute(app, deps);
  return app;
}
