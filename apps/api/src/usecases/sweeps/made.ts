import type { ResourceStatus } from "@hyperface/contracts";
import { inArray } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { datasets, galleries, packings, type sweepCells } from "../../db/schema.ts";

export type CellRow = typeof sweepCells.$inferSelect;

interface Made {
  status: ResourceStatus;
  jobId: string | null;
}

/** What was made for cells, by its id, as it stands; what was deleted is not among it. */
export async function findMade(db: Database, cells: readonly CellRow[]) {
  const made = new Map<string, Made>();
  for (const [table, field] of [
    [galleries, "galleryId"],
    [packings, "packingId"],
    [datasets, "datasetId"],
  ] as const) {
    const ids = [...new Set(cells.flatMap((cell) => cell[field] ?? []))];
    // What they have in common has the types of any of them.
    const { id, status, jobId } = table as typeof galleries;
    const rows = await db
      .select({ id, status, jobId })
      .from(table as typeof galleries)
      .where(inArray(id, ids));
    for (const { id: key, ...row } of rows) made.set(key, row);
  }
  return made;
}
