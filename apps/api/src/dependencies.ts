import type { KeyObject } from "node:crypto";
import type { ServiceLogger } from "@hyperface/service-kit";
import type { ObjectStore } from "@hyperface/storage";
import type { EmbedClient } from "./clients/embed.ts";
import type { GenerateClient } from "./clients/generate.ts";
import type { OptimizerClient } from "./clients/optimizer.ts";
import type { Database } from "./db/database.ts";
import type { Changes } from "./jobs/changes.ts";
import type { Remembered } from "./remember.ts";
import type { ArchiveLimits } from "./usecases/galleries/photographs/archive.ts";
import type { ImageCache } from "./usecases/images/cache.ts";
import type { ReadySet } from "./usecases/sets/find.ts";
import type { WarmSets } from "./usecases/sets/warm.ts";

/** What routes and use cases are given. */
export interface Dependencies {
  logger: ServiceLogger;
  db: Database;
  store: ObjectStore;
  warmSets: WarmSets;
  /** A ready packing by its id. @throws HyperFaceError `not-found`, `not-ready` */
  findPacking: Remembered<ReadySet>;
  imageCache: ImageCache;
  changes: Changes;
  embed: EmbedClient;
  optimizer: OptimizerClient;
  generate: GenerateClient;
  /** Signs reports; null where there is none. */
  signingKey: KeyObject | null;
  /** Of an archive of photographs. */
  archiveLimits: ArchiveLimits;
  /** How long a slice of a job runs, seconds. */
  sliceSeconds: number;
}
