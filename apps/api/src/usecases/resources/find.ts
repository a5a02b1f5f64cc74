import type { JobKind } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import type { Dependencies } from "../../dependencies.ts";
import { RESOURCES } from "../../jobs/finish.ts";
import { findDataset } from "../datasets/get.ts";
import { findGallery } from "../galleries/get.ts";
import { findLeakageCheck } from "../leakage-checks/get.ts";
import { findPacking } from "../packings/get.ts";
import { findSweep } from "../sweeps/get.ts";
import type { Resource } from "./references.ts";

const FIND = {
  gallery: findGallery,
  packing: findPacking,
  dataset: findDataset,
  "leakage-check": findLeakageCheck,
  sweep: findSweep,
};

/** A resource of any kind. @throws HyperFaceError `not-found` */
export const findResource = (deps: Pick<Dependencies, "db">, kind: JobKind, id: string) =>
  FIND[kind](deps, id);

/** The same, which nobody else changes until the transaction ends. @throws HyperFaceError `not-found` */
export async function lockResource(transaction: Database, { kind, id }: Resource) {
  const table = RESOURCES[kind];
  await transaction.select({ id: table.id }).from(table).where(eq(table.id, id)).for("update");
  return findResource({ db: transaction }, kind, id);
}
