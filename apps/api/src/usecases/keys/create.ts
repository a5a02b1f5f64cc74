import type { CreatedApiKey, CreateKeyRequest } from "@hyperface/contracts";
import { newKey } from "../../access/key.ts";
import { newId } from "../../db/ids.ts";
import { apiKeys } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { presentKey } from "./find.ts";

/** A new key; the answer is the only place where it stands. */
export async function createKey(
  { db }: Pick<Dependencies, "db">,
  { name, scope, expiresAt }: CreateKeyRequest,
): Promise<CreatedApiKey> {
  const { key, hash } = newKey();
  const [row] = await db
    .insert(apiKeys)
    .values({
      ...{ id: newId("key"), name, scope, hash },
      expiresAt: expiresAt === undefined ? null : new Date(expiresAt),
    })
    .returning();
  return { ...presentKey(row as typeof apiKeys.$inferSelect), key };
}
