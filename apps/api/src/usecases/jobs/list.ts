import type { JobListQuery } from "@hyperface/contracts";
import { listRows } from "../../db/pages.ts";
import { jobs } from "../../db/schema.ts";
import { presentJob, type WithDatabase } from "./get.ts";

export const listJobs = ({ db }: WithDatabase, query: JobListQuery) =>
  listRows(db, jobs, query, presentJob);
