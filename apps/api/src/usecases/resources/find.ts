import type { JobKind } from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { findDataset } from "../datasets/get.ts";
import { findGallery } from "../galleries/get.ts";
import { findLeakageCheck } from "../leakage-checks/get.ts";
import { findPacking } from "../packings/get.ts";
import { findSweep } from "../sweeps/get.ts";

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
