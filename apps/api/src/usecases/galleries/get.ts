import type { Gallery } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { galleries } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { notFound } from "../sets/find.ts";

export const presentGallery = ({
  createdAt,
  objectKey: _,
  facesKey: __,
  ...row
}: typeof galleries.$inferSelect): Gallery => ({
  ...row,
  createdAt: createdAt.toISOString(),
});

/** @throws HyperFaceError `not-found` */
export async function findGallery({ db }: Pick<Dependencies, "db">, id: string): Promise<Gallery> {
  const [row] = await db.select().from(galleries).where(eq(galleries.id, id));
  if (row) return presentGallery(row);
  throw notFound("gallery", id);
}
