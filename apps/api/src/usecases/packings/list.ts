import type { ListQuery } from "@hyperface/contracts";
import { listRows } from "../../db/pages.ts";
import { packings } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { presentPacking } from "./get.ts";

export const listPackings = ({ db }: Pick<Dependencies, "db">, query: ListQuery) =>
  listRows(db, packings, query, presentPacking);
