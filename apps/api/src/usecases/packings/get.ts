import { HyperFaceError, type Packing } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { packings } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { requireReady } from "../galleries/get.ts";
import { readResult } from "./result.ts";

export const presentPacking = ({
  createdAt,
  spec,
  ...row
}: typeof packings.$inferSelect): Packing => ({
  ...row,
  spec,
  count: spec.count,
  dimension: spec.dimension,
  createdAt: createdAt.toISOString(),
});

/** @throws HyperFaceError `not-found` */
export async function findPacking({ db }: Pick<Dependencies, "db">, id: string): Promise<Packing> {
  const [row] = await db.select().from(packings).where(eq(packings.id, id));
  if (row) return presentPacking(row);
  throw new HyperFaceError("not-found", `there is no packing ${id}: see GET /v1/packings`);
}

/** @throws HyperFaceError `not-found`, `not-ready` */
export async function findReadyPacking(deps: Pick<Dependencies, "db">, id: string) {
  const packing = await findPacking(deps, id);
  requireReady("packing", packing);
  return packing;
}

/** A ready packing's reference embeddings, row-major. */
export async function readPacking(deps: Dependencies, id: string) {
  const packing = await findReadyPacking(deps, id);
  const rows = { start: 0, count: packing.count };
  const data = await readResult(deps.store, packing, "embeddings", rows);
  return { packing, data: data as Float32Array };
}
