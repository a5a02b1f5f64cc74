import type { CreatedApiKey, RotateKeyRequest } from "@hyperface/contracts";
import { eq, sql } from "drizzle-orm";
import { newKey } from "../../access/key.ts";
import { apiKeys } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { noSuchKey, presentKey } from "./find.ts";

/** Replaces a key by a new one of the same name, scope and expiry. @throws HyperFaceError `not-found` */
export async function rotateKey(
  { db }: Pick<Dependencies, "db">,
  id: string,
  { graceSeconds }: RotateKeyRequest,
): Promise<CreatedApiKey> {
  const { key, hash } = newKey();
  const [row] = await db
    .update(apiKeys)
    .set({
      hash,
      previousHash: sql`${apiKeys.hash}`,
      previousUntil: sql`now() + ${graceSeconds} * interval '1 second'`,
    })
    .where(eq(apiKeys.id, id))
    .returning();
  if (!row) throw noSuchKey(id);
  return { ...presentKey(row), key };
}
