import type { JobKind } from "@hyperface/contracts";
import { eq, inArray, or, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { datasets, leakageChecks, packings, sweepCells, sweeps } from "../../db/schema.ts";
import { madeForSweeps } from "../../jobs/sweeps.ts";
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

/** What refers to resources, and what refers to that in turn, nearest first; a sweep goes with all that it made. */
export async function findReferrers(
  transaction: Database,
  to: readonly Resource[],
): Promise<Resource[]> {
  const found = new Map(to.map((resource) => [resource.id, resource]));
  let ids = [...found.keys()];
  while (ids.length > 0) {
    const next = [
      ...(await findDirectReferrers(transaction, ids)),
      ...(await findMadeBy(transaction, ids)),
    ].filter(({ id }) => !found.has(id));
    for (const resource of next) found.set(resource.id, resource);
    ids = next.map(({ id }) => id);
  }
  return [...found.values()].slice(to.length);
}

async function findDirectReferrers(transaction: Database, ids: string[]): Promise<Resource[]> {
  const { near, start, extends: extended, repel } = packings;
  const sets = [near, start, extended, repel].map((set) => inArray(set, ids));
  const packed = await transaction
    .select({ id: packings.id })
    .from(packings)
    .where(or(...sets));
  const ofPacking = inArray(datasets.packingId, ids);
  const made = await transaction
    .select({ id: datasets.id })
    .from(datasets)
    .where(or(ofPacking, inArray(sql`${datasets.spec} -> 'leakage' ->> 'setId'`, ids)));
  const checked = await transaction
    .select({ id: leakageChecks.id })
    .from(leakageChecks)
    .where(or(inArray(leakageChecks.set, ids), inArray(leakageChecks.reference, ids)));
  const { galleryId, packingId, datasetId, point } = sweepCells;
  const given = sql`${point} ->> 'gallery'`;
  const used = [galleryId, packingId, datasetId].map((made) => inArray(made, ids));
  const leakage = sql`${sweeps.spec} -> 'dataset' -> 'leakage' ->> 'setId'`;
  const swept = await transaction
    .selectDistinct({ id: sweeps.id })
    .from(sweeps)
    .innerJoin(sweepCells, eq(sweepCells.sweepId, sweeps.id))
    .where(or(...used, inArray(given, ids), inArray(leakage, ids)));
  return [
    ...packed.map(({ id }) => ({ kind: "packing" as const, id })),
    ...made.map(({ id }) => ({ kind: "dataset" as const, id })),
    ...checked.map(({ id }) => ({ kind: "leakage-check" as const, id })),
    ...swept.map(({ id }) => ({ kind: "sweep" as const, id })),
  ];
}

const MADE_KINDS = { gal: "gallery", pak: "packing", dat: "dataset" } as const;

/** What those of the resources that are sweeps made. */
export async function findMadeBy(
  transaction: Database,
  ids: readonly string[],
): Promise<Resource[]> {
  const made = await madeForSweeps(transaction, ids);
  return made.map((id) => ({ kind: MADE_KINDS[id.slice(0, 3) as keyof typeof MADE_KINDS], id }));
}
