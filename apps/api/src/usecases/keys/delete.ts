import { eq } from "drizzle-orm";
import { apiKeys } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { noSuchKey } from "./find.ts";

/** Revokes a key. @throws HyperFaceError `not-found` */
export async function deleteKey({ db }: Pick<Dependencies, "db">, id: string): Promise<void> {
  const gone = await db.delete(apiKeys).where(eq(apiKeys.id, id)).returning();
  if (gone.length === 0) throw noSuchKey(id);
}
