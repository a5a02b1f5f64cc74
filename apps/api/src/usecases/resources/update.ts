import type { JobKind } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import type { Dependencies } from "../../dependencies.ts";
import { RESOURCES } from "../../jobs/finish.ts";
import { findResource } from "./find.ts";

/** The resource under its new name. @throws HyperFaceError `not-found` */
export async function updateResource(
  deps: Pick<Dependencies, "db">,
  kind: JobKind,
  id: string,
  name: string,
) {
  const table = RESOURCES[kind];
  await deps.db.update(table).set({ name }).where(eq(table.id, id));
  return findResource(deps, kind, id);
}
