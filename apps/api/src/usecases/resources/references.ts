import type { JobKind } from "@hyperface/contracts";
import { inArray, or, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { datasets, leakageChecks, packings } from "../../db/schema.ts";
import { findReadySet } from "../sets/find.ts";

/** What a client made, by its kind. */
export interface Resource {
  kind: JobKind;
  id: string;
}

/** Of the lock under which references are made (shared) and what they refer to is deleted (alone). */
const REFERENCES = 0x4846;

/**
 * Has the sets that a new resource refers to stay until the transaction ends.
 * @throws HyperFaceError `not-found` where one was deleted meanwhile
 */
export async function holdSets(transaction: Database, ids: readonly (string | undefined)[]) {
  await transaction.execute(sql`select pg_advisory_xact_lock_shared(${REFERENCES})`);
  for (const id of ids) if (id !== undefined) await findReadySet({ db: transaction }, id);
}

/** No reference is made until the transaction ends. */
export const lockReferences = (transaction: Database) =>
  transaction.execute(sql`select pg_advisory_xact_lock(${REFERENCES})`);

/** What refers to a resource, and what refers to that in turn, nearest first. */
export async function findReferrers(transaction: Database, to: Resource): Promise<Resource[]> {
  const found = new Map<string, Resource>();
  let ids = [to.id];
  while (ids.length > 0) {
    const { near, start, extends: extended, repel } = packings;
    const sets = [near, start, extended, repel, datasets.packingId].map((set) => inArray(set, ids));
    const packed = await transaction
      .select({ id: packings.id })
      .from(packings)
      .where(or(...sets.slice(0, 4)));
    const made = await transaction
      .select({ id: datasets.id })
      .from(datasets)
      .where(or(sets[4], inArray(sql`${datasets.spec} -> 'leakage' ->> 'setId'`, ids)));
    const checked = await transaction
      .select({ id: leakageChecks.id })
      .from(leakageChecks)
      .where(or(inArray(leakageChecks.set, ids), inArray(leakageChecks.reference, ids)));
    const next: Resource[] = [
      ...packed.map(({ id }) => ({ kind: "packing" as const, id })),
      ...made.map(({ id }) => ({ kind: "dataset" as const, id })),
      ...checked.map(({ id }) => ({ kind: "leakage-check" as const, id })),
    ].filter(({ id }) => !found.has(id));
    for (const resource of next) found.set(resource.id, resource);
    ids = next.map(({ id }) => id);
  }
  return [...found.values()];
}
