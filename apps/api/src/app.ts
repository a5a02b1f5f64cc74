import { createService, type ServiceApp, type ServiceOptions } from "@hyperface/service-kit";
import { databaseFailure } from "./db/failures.ts";
import type { Dependencies } from "./dependencies.ts";
import { DEFAULT_PORT } from "./env.ts";
import { listAuditRoute } from "./routes/audit/list.ts";
import { getDatasetCertificateRoute } from "./routes/datasets/certificate.ts";
import { createDatasetRoute } from "./routes/datasets/create.ts";
import { getDatasetFileRoute } from "./routes/datasets/file.ts";
import { listDatasetFilesRoute } from "./routes/datasets/files.ts";
import { getDatasetRoute } from "./routes/datasets/get.ts";
import { verifyDatasetRoute } from "./routes/datasets/verify.ts";
import { createEmbeddingsRoute } from "./routes/embeddings/create.ts";
import { createGalleryRoute, isArchive } from "./routes/galleries/create.ts";
import { getGalleryRoute } from "./routes/galleries/get.ts";
import { listPhotographsRoute } from "./routes/galleries/photographs.ts";
import { getIdentityRoute } from "./routes/identities/get.ts";
import { listIdentitiesRoute } from "./routes/identities/list.ts";
import { createIdentityImagesRoute } from "./routes/images/create.ts";
import { getIdentityImageRoute } from "./routes/images/get.ts";
import { cancelJobRoute } from "./routes/jobs/cancel.ts";
import { deleteJobRoute } from "./routes/jobs/delete.ts";
import { streamJobEventsRoute } from "./routes/jobs/events.ts";
import { getJobRoute } from "./routes/jobs/get.ts";
import { listJobsRoute } from "./routes/jobs/list.ts";
import { retryJobRoute } from "./routes/jobs/retry.ts";
import { createKeyRoute } from "./routes/keys/create.ts";
import { deleteKeyRoute } from "./routes/keys/delete.ts";
import { listKeysRoute } from "./routes/keys/list.ts";
import { rotateKeyRoute } from "./routes/keys/rotate.ts";
import { createLeakageCheckRoute } from "./routes/leakage-checks/create.ts";
import { getLeakageCheckRoute } from "./routes/leakage-checks/get.ts";
import { getCleanedManifestRoute } from "./routes/leakage-checks/manifest.ts";
import { getLeakageReportRoute } from "./routes/leakage-checks/report.ts";
import { listModelsRoute } from "./routes/models/list.ts";
import { createPackingRoute } from "./routes/packings/create.ts";
import { getPackingRoute } from "./routes/packings/get.ts";
import { deleteResourceRoute } from "./routes/resources/delete.ts";
import { listResourcesRoute } from "./routes/resources/list.ts";
import { updateResourceRoute } from "./routes/resources/update.ts";
import { getSetCertificateRoute } from "./routes/sets/certificate.ts";
import { getSetEmbeddingsRoute } from "./routes/sets/embeddings.ts";
import { createSweepRoute } from "./routes/sweeps/create.ts";
import { getSweepRoute } from "./routes/sweeps/get.ts";
import { getSweepTableRoute } from "./routes/sweeps/table.ts";

const ROUTES: readonly ((app: ServiceApp, deps: Dependencies) => void)[] = [
  createEmbeddingsRoute,
  createGalleryRoute,
  getGalleryRoute,
  listPhotographsRoute,
  createPackingRoute,
  getPackingRoute,
  listResourcesRoute,
  updateResourceRoute,
  deleteResourceRoute,
  getSetEmbeddingsRoute,
  getSetCertificateRoute,
  listIdentitiesRoute,
  getIdentityRoute,
  getIdentityImageRoute,
  createIdentityImagesRoute,
  createDatasetRoute,
  getDatasetRoute,
  listDatasetFilesRoute,
  getDatasetFileRoute,
  getDatasetCertificateRoute,
  verifyDatasetRoute,
  createLeakageCheckRoute,
  getLeakageCheckRoute,
  getLeakageReportRoute,
  getCleanedManifestRoute,
  createSweepRoute,
  getSweepRoute,
  getSweepTableRoute,
  listJobsRoute,
  getJobRoute,
  streamJobEventsRoute,
  cancelJobRoute,
  retryJobRoute,
  deleteJobRoute,
  listModelsRoute,
  createKeyRoute,
  listKeysRoute,
  deleteKeyRoute,
  rotateKeyRoute,
  listAuditRoute,
];

/** What a request passes before its route. */
type Doors = Pick<ServiceOptions, "audit" | "guard">;

/** The gateway: routes only read `deps` when they are called, so its OpenAPI document needs none. */
export function createApiApp(deps: Dependencies, doors: Doors = {}) {
  const app = createGateway(deps, doors);
  for (const addRoute of ROUTES) addRoute(app, deps);
  return app;
}

/** What every process of the gateway answers, clients or not: its health and its metrics. */
export const createGateway = (deps: Dependencies, doors: Doors = {}) =>
  createService({
    name: "api",
    title: "HyperFace",
    description:
      "Face datasets of nobody: pack reference embeddings on the hypersphere of a face recognition model, then sample images of each identity on demand.",
    version: "0.1.0",
    tags: {
      embeddings: "Faces in images, as unit embeddings.",
      galleries: "Sets of embeddings that hold packings near where faces are.",
      packings: "Reference embeddings of identities, far apart on the hypersphere.",
      identities: "The members of a packing.",
      images: "Faces of an identity, each a pure function of its URL.",
      datasets: "Images of a packing, as files to train from.",
      "leakage-checks": "Datasets and sets compared with what they may not resemble.",
      sweeps: "Packings and datasets over a grid of settings, in one table.",
      jobs: "Long work: slices from checkpoint to checkpoint, with events.",
      models: "What embeds and what generates.",
      keys: "Who may ask, where keys are asked for, and who asked for what.",
    },
    port: DEFAULT_PORT,
    logger: deps.logger,
    ...doors,
    keys: true,
    explain: databaseFailure,
    isStreamed: isArchive,
    ready: {
      database: async () => deps.db.execute("select 1"),
      "object store": () => deps.store.ready(),
      "embed-svc": () => deps.embed.ready(),
      "generate-svc": () => deps.generate.ready(),
      "optimizer-svc": () => deps.optimizer.ready(),
    },
  });
