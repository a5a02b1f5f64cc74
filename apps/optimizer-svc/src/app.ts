import { createService, type ServiceLogger, type ServiceOptions } from "@hyperface/service-kit";
import type { OptimizerDependencies } from "./dependencies.ts";
import { DEFAULT_PORT } from "./env.ts";
import { createComparisonSliceRoute } from "./routes/comparison-slices/create.ts";
import { findNearestRoute } from "./routes/nearest/create.ts";
import { createNeighboursRoute } from "./routes/neighbours/create.ts";
import { createPackingSliceRoute } from "./routes/packing-slices/create.ts";
import { createSeparationRoute } from "./routes/separations/create.ts";

export function createOptimizerApp(
  deps: OptimizerDependencies & { logger: ServiceLogger; guard?: ServiceOptions["guard"] },
) {
  const app = createService({
    name: "optimizer-svc",
    title: "HyperFace optimizer service",
    description: "Packs reference embeddings on the hypersphere, in checkpointed slices.",
    version: "0.1.0",
    tags: { packing: "Slices of packings.", sets: "What is asked of stored sets." },
    port: DEFAULT_PORT,
    logger: deps.logger,
    guard: deps.guard,
  });
  createPackingSliceRoute(app, deps);
  createNeighboursRoute(app, deps);
  findNearestRoute(app, deps);
  createComparisonSliceRoute(app, deps);
  createSeparationRoute(app, deps);
  return app;
}
