import { HyperFaceError, type ModelReference, type ResourceStatus } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { galleries, packings } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";

/** What a gallery and a packing have in common: a set of unit embeddings of one model. */
export interface StoredSet {
  id: string;
  /** As a client calls it. */
  kind: "gallery" | "packing";
  status: ResourceStatus;
  count: number;
  dimension: number;
  model: ModelReference;
  jobId: string | null;
  /** The object it is stored as; null until it is ready. */
  objectKey: string | null;
}

export type ReadySet = StoredSet & { objectKey: string };

type WithDatabase = Pick<Dependencies, "db">;

/**
 * The set of a gallery or packing.
 * @param as the kind that the caller is about: a set of the other kind is not found; either where it is not given
 * @throws HyperFaceError `not-found`
 */
async function findSet(
  { db }: WithDatabase,
  id: string,
  as?: StoredSet["kind"],
): Promise<StoredSet> {
  const kind = id.startsWith("pak_") ? "packing" : "gallery";
  if (as !== undefined && as !== kind) throw notFound(as, id);
  if (kind === "packing") {
    const [row] = await db.select().from(packings).where(eq(packings.id, id));
    if (!row) throw notFound("packing", id);
    const { count, dimension } = row.spec;
    return { ...row, kind, count, dimension };
  }
  const [row] = await db.select().from(galleries).where(eq(galleries.id, id));
  if (!row) throw notFound("gallery", id);
  return { ...row, kind };
}

/** As {@link findSet}, ready. @throws HyperFaceError `not-found`, `not-ready` */
export async function findReadySet(
  deps: WithDatabase,
  id: string,
  as?: StoredSet["kind"],
): Promise<ReadySet> {
  const set = await findSet(deps, id, as);
  const { kind, status, jobId, objectKey } = set;
  if (status === "ready" && objectKey !== null) return { ...set, objectKey };
  const wait = status === "pending" ? `: wait for job ${jobId}` : "";
  throw new HyperFaceError("not-ready", `${kind} ${id} is ${status}${wait}`);
}

const PATHS = { gallery: "/v1/galleries", packing: "/v1/packings" };

export const notFound = (kind: StoredSet["kind"], id: string) =>
  new HyperFaceError("not-found", `there is no ${kind} ${id}: see GET ${PATHS[kind]}`);
