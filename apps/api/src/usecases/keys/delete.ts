import type { ApiKey } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { apiKeys } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { noSuchKey, presentKey } from "./find.ts";

/** Revokes a key. @throws HyperFaceError `not-found`; what `check` throws of the key */
export const deleteKey = (
  { db }: Pick<Dependencies, "db">,
  id: string,
  check: (key: ApiKey) => void,
) =>
  db.transaction(async (transaction) => {
    const [gone] = await transaction.delete(apiKeys).where(eq(apiKeys.id, id)).returning();
    if (!gone) throw noSuchKey(id);
    check(presentKey(gone));
  });
