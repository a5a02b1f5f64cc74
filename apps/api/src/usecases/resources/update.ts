import { eq } from "drizzle-orm";
import type { Dependencies } from "../../dependencies.ts";
import { RESOURCES } from "../../jobs/finish.ts";
import { findResource, lockResource } from "./find.ts";
import type { Resource } from "./references.ts";

/**
 * The resource under its new name.
 * @param check looks at the resource first, and throws where it is not to be changed as it is
 * @throws HyperFaceError `not-found`
 */
export const updateResource = (
  { db }: Pick<Dependencies, "db">,
  resource: Resource,
  name: string,
  check: (state: object) => void = () => {},
) =>
  db.transaction(async (transaction) => {
    const { kind, id } = resource;
    check(await lockResource(transaction, resource));
    const table = RESOURCES[kind];
    await transaction.update(table).set({ name }).where(eq(table.id, id));
    return findResource({ db: transaction }, kind, id);
  });
