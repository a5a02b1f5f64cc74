import { createService, type ServiceLogger } from "@hyperface/service-kit";
import { createPackingSlice } from "./routes/packing-slices/create.ts";
import type { SliceDependencies } from "./slices/advance.ts";

export function createOptimizerApp(deps: SliceDependencies & { logger: ServiceLogger }) {
  const app = createService({
    name: "optimizer-svc",
    title: "HyperFace optimizer service",
    description: "Packs reference embeddings on the hypersphere, in checkpointed slices.",
    version: "0.1.0",
    logger: deps.logger,
  });
  createPackingSlice(app, deps);
  return app;
}
