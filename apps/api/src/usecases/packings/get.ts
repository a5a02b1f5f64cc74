import type { Packing } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { packings } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { notFound } from "../sets/find.ts";

export const presentPacking = ({
  createdAt,
  objectKey: _,
  spec,
  start,
  repel,
  ...row
}: typeof packings.$inferSelect): Packing => ({
  ...row,
  spec,
  start: spec.start === "set" ? (start as string) : spec.start,
  repel: spec.repel && repel ? { set: repel, ...spec.repel } : null,
  count: spec.count,
  dimension: spec.dimension,
  createdAt: createdAt.toISOString(),
});

/** @throws HyperFaceError `not-found` */
export async function findPacking({ db }: Pick<Dependencies, "db">, id: string): Promise<Packing> {
  const [row] = await db.select().from(packings).where(eq(packings.id, id));
  if (row) return presentPacking(row);
  throw notFound("packing", id);
}
