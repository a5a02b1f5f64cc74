import { HyperFaceError, type ListQuery, type Page, type Sweep } from "@hyperface/contracts";
import { asc, eq, inArray, sql } from "drizzle-orm";
import { listRows } from "../../db/pages.ts";
import { sweepCells, sweeps } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import type { CellRow } from "./made.ts";

type WithDatabase = Pick<Dependencies, "db">;
type Counts = Pick<Sweep, "cells" | "ready" | "failed">;

const NONE: Counts = { cells: 0, ready: 0, failed: 0 };

/** How many cells sweeps have, and what became of them. */
async function countCells({ db }: WithDatabase, ids: string[]): Promise<Map<string, Counts>> {
  const rows = await db
    .select({
      id: sweepCells.sweepId,
      cells: sql<number>`count(*)::int`,
      ready: sql<number>`count(${sweepCells.figures})::int`,
      failed: sql<number>`count(${sweepCells.error})::int`,
    })
    .from(sweepCells)
    .where(inArray(sweepCells.sweepId, ids))
    .groupBy(sweepCells.sweepId);
  return new Map(rows.map(({ id, ...counts }) => [id, counts]));
}

const presentSweep = (
  { createdAt, ...row }: typeof sweeps.$inferSelect,
  counts: Counts = NONE,
): Sweep => ({ ...row, ...counts, createdAt: createdAt.toISOString() });

/** A page of all sweeps. */
export async function listSweeps(deps: WithDatabase, query: ListQuery): Promise<Page<Sweep>> {
  const page = await listRows(deps.db, sweeps, query, (row) => row);
  const counts = await countCells(
    deps,
    page.data.map(({ id }) => id),
  );
  return { ...page, data: page.data.map((row) => presentSweep(row, counts.get(row.id))) };
}

/** @throws HyperFaceError `not-found` */
export async function findSweep(deps: WithDatabase, id: string): Promise<Sweep> {
  const [row] = await deps.db.select().from(sweeps).where(eq(sweeps.id, id));
  if (row) return presentSweep(row, (await countCells(deps, [id])).get(id));
  throw new HyperFaceError("not-found", `there is no sweep ${id}: see GET /v1/sweeps`);
}

/** A sweep's cells, in the grid's order. */
export const listCells = ({ db }: WithDatabase, sweepId: string): Promise<CellRow[]> =>
  db.select().from(sweepCells).where(eq(sweepCells.sweepId, sweepId)).orderBy(asc(sweepCells.cell));
