import type { JobKind, ListQuery } from "@hyperface/contracts";
import { listRows } from "../../db/pages.ts";
import { datasets, galleries, leakageChecks, packings } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { presentDataset } from "../datasets/get.ts";
import { presentGallery } from "../galleries/get.ts";
import { presentLeakageCheck } from "../leakage-checks/get.ts";
import { presentPacking } from "../packings/get.ts";
import { listSweeps } from "../sweeps/get.ts";

/** A page of all of a kind. */
export function listResources({ db }: Pick<Dependencies, "db">, kind: JobKind, query: ListQuery) {
  if (kind === "gallery") return listRows(db, galleries, query, presentGallery);
  if (kind === "packing") return listRows(db, packings, query, presentPacking);
  if (kind === "dataset") return listRows(db, datasets, query, presentDataset);
  if (kind === "sweep") return listSweeps({ db }, query);
  return listRows(db, leakageChecks, query, presentLeakageCheck);
}
