import { createHash } from "node:crypto";
import { HyperFaceError } from "@hyperface/contracts";
import { and, eq } from "drizzle-orm";
import type { Database } from "./database.ts";
import { idempotencyKeys } from "./schema.ts";

export interface IdempotentRequest {
  operation: string;
  /** The client's Idempotency-Key. */
  key: string | undefined;
  body: unknown;
}

/**
 * Runs `create` in a transaction, once a key: the same key and body give the id that the first made.
 * @returns the id of what was created, and whether that was now
 * @throws HyperFaceError `idempotency-mismatch` where the key came with another body
 */
export async function createOnce(
  db: Database,
  { operation, key, body }: IdempotentRequest,
  create: (transaction: Database) => Promise<string>,
): Promise<{ id: string; created: boolean }> {
  if (key === undefined) return { id: await db.transaction(create), created: true };
  const bodyHash = hashOf(body);
  return db.transaction(async (transaction) => {
    const claimed = await transaction
      .insert(idempotencyKeys)
      .values({ operation, key, bodyHash, resourceId: "" })
      .onConflictDoNothing()
      .returning();
    const mine = and(eq(idempotencyKeys.operation, operation), eq(idempotencyKeys.key, key));
    if (claimed.length > 0) {
      const resourceId = await create(transaction);
      await transaction.update(idempotencyKeys).set({ resourceId }).where(mine);
      return { id: resourceId, created: true };
    }
    const [earlier] = await transaction.select().from(idempotencyKeys).where(mine);
    if (!earlier || earlier.bodyHash !== bodyHash) {
      throw new HyperFaceError(
        "idempotency-mismatch",
        `Idempotency-Key ${key} was used with another body: use a new key for a new request`,
      );
    }
    return { id: earlier.resourceId, created: false };
  });
}

function hashOf(body: unknown): string {
  const hash = createHash("sha256");
  hash.update(body instanceof Uint8Array ? body : JSON.stringify(body));
  return hash.digest("hex");
}
