import { HyperFaceError, type JobPriority } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { idempotencyKeys } from "../db/schema.ts";

/** A request that names itself by a key, so that a retry of it can be told. */
export interface KeyedRequest {
  /** The client's Idempotency-Key. */
  key: string;
  /** SHA-256 of its method, path, query and whole body. */
  hash: string;
}

/** What a request to create says beside what it creates. */
export interface CreationRequest {
  keyed?: KeyedRequest | undefined;
  priority?: JobPriority;
}

interface Created {
  id: string;
  /** Whether this call made it, or an earlier one of the same request. */
  created: boolean;
}

type Insert = (transaction: Database) => Promise<string>;

/**
 * Creates a resource, once a key: the same request under the same key gives the id that the first made,
 * and does nothing else.
 * @param prepare what the resource needs, outside of the transaction; what it returns writes the resource
 * @throws HyperFaceError `idempotency-mismatch` where the key came with another request
 */
export async function createOnce(
  db: Database,
  request: KeyedRequest | undefined,
  prepare: () => Promise<Insert>,
): Promise<Created> {
  if (!request) return { id: await db.transaction(await prepare()), created: true };
  const earlier = await findEarlier(db, request);
  if (earlier) return earlier;
  const insert = await prepare();
  return db.transaction(async (transaction) => {
    const { key, hash: requestHash } = request;
    // Waits for the same request where that is under way.
    const claimed = await transaction
      .insert(idempotencyKeys)
      .values({ key, requestHash, resourceId: "" })
      .onConflictDoNothing()
      .returning();
    const made = claimed.length > 0 ? undefined : await findEarlier(transaction, request);
    if (made) return made;
    const resourceId = await insert(transaction);
    await transaction
      .update(idempotencyKeys)
      .set({ resourceId })
      .where(eq(idempotencyKeys.key, key));
    return { id: resourceId, created: true };
  });
}

async function findEarlier(
  db: Database,
  { key, hash }: KeyedRequest,
): Promise<Created | undefined> {
  const [earlier] = await db.select().from(idempotencyKeys).where(eq(idempotencyKeys.key, key));
  if (!earlier) return undefined;
  if (earlier.requestHash === hash) return { id: earlier.resourceId, created: false };
  throw new HyperFaceError(
    "idempotency-mismatch",
    `Idempotency-Key ${key} was used with another request: use a new key for a new one`,
  );
}
