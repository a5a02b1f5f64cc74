import type { ListQuery } from "@hyperface/contracts";
import { listRows } from "../../db/pages.ts";
import { galleries } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { presentGallery } from "./get.ts";

export const listGalleries = ({ db }: Pick<Dependencies, "db">, query: ListQuery) =>
  listRows(db, galleries, query, presentGallery);
