import { createService, type ServiceApp } from "@hyperface/service-kit";
import { databaseFailure } from "./db/failures.ts";
import type { Dependencies } from "./dependencies.ts";
import { DEFAULT_PORT } from "./env.ts";
import { createDataset } from "./routes/datasets/create.ts";
import { getDatasetFile } from "./routes/datasets/file.ts";
import { listDatasetFilesRoute } from "./routes/datasets/files.ts";
import { getDataset } from "./routes/datasets/get.ts";
import { listDatasetsRoute } from "./routes/datasets/list.ts";
import { verifyDataset } from "./routes/datasets/verify.ts";
import { createEmbeddings } from "./routes/embeddings/create.ts";
import { createGallery } from "./routes/galleries/create.ts";
import { getGallery } from "./routes/galleries/get.ts";
import { listGalleriesRoute } from "./routes/galleries/list.ts";
import { getIdentityRoute } from "./routes/identities/get.ts";
import { listIdentitiesRoute } from "./routes/identities/list.ts";
import { createIdentityImages } from "./routes/images/create.ts";
import { getIdentityImage } from "./routes/images/get.ts";
import { cancelJobRoute } from "./routes/jobs/cancel.ts";
import { streamJobEvents } from "./routes/jobs/events.ts";
import { getJob } from "./routes/jobs/get.ts";
import { listJobsRoute } from "./routes/jobs/list.ts";
import { retryJobRoute } from "./routes/jobs/retry.ts";
import { listModels } from "./routes/models/list.ts";
import { createPacking } from "./routes/packings/create.ts";
import { getPacking } from "./routes/packings/get.ts";
import { listPackingsRoute } from "./routes/packings/list.ts";
import { getSetCertificate } from "./routes/sets/certificate.ts";
import { getSetEmbeddings } from "./routes/sets/embeddings.ts";

const ROUTES: readonly ((app: ServiceApp, deps: Dependencies) => void)[] = [
  createEmbeddings,
  createGallery,
  listGalleriesRoute,
  getGallery,
  createPacking,
  listPackingsRoute,
  getPacking,
  getSetEmbeddings,
  getSetCertificate,
  listIdentitiesRoute,
  getIdentityRoute,
  getIdentityImage,
  createIdentityImages,
  createDataset,
  listDatasetsRoute,
  getDataset,
  listDatasetFilesRoute,
  getDatasetFile,
  verifyDataset,
  listJobsRoute,
  getJob,
  streamJobEvents,
  cancelJobRoute,
  retryJobRoute,
  listModels,
];

/** The gateway: routes only read `deps` when they are called, so its OpenAPI document needs none. */
export function createApiApp(deps: Dependencies) {
  const app = createService({
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
      jobs: "Long work: slices from checkpoint to checkpoint, with events.",
      models: "What embeds and what generates.",
    },
    port: DEFAULT_PORT,
    logger: deps.logger,
    explain: databaseFailure,
    ready: {
      database: async () => deps.db.execute("select 1"),
      "object store": () => deps.store.ready(),
      "embed-svc": () => deps.embed.ready(),
      "generate-svc": () => deps.generate.ready(),
      "optimizer-svc": () => deps.optimizer.ready(),
    },
  });
  for (const addRoute of ROUTES) addRoute(app, deps);
  return app;
}
