import type { ListQuery } from "@hyperface/contracts";
import { listRows } from "../../db/pages.ts";
import { datasets } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { presentDataset } from "./get.ts";

export const listDatasets = ({ db }: Pick<Dependencies, "db">, query: ListQuery) =>
  listRows(db, datasets, query, presentDataset);
