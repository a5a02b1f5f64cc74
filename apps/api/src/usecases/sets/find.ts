import { HyperFaceError, type ModelReference, type ResourceStatus } from "@hyperface/contracts";
import { and, eq } from "drizzle-orm";
import { datasetFiles, datasets, galleries, packings } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { rememberFor } from "../../remember.ts";

/** What galleries, packings and datasets have in common: a set of unit embeddings of one model. */
export interface StoredSet {
  id: string;
  /** As a client calls it. */
  kind: "gallery" | "packing" | "dataset";
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
 * The set of a gallery, a packing, or a dataset: of its images' embeddings.
 * @param as the kind that the caller is about: a set of another kind is not found; any where it is not given
 * @throws HyperFaceError `not-found`
 */
async function findSet(deps: WithDatabase, id: string, as?: StoredSet["kind"]): Promise<StoredSet> {
  const { db } = deps;
  const kind = kindOf(id);
  if (as !== undefined && as !== kind) throw notFound(as, id);
  if (kind === "dataset") return findImageSet(deps, id);
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

function kindOf(id: string): StoredSet["kind"] {
  if (id.startsWith("pak_")) return "packing";
  return id.startsWith("dat_") ? "dataset" : "gallery";
}

/** The file of a dataset that is the set of its images' embeddings. */
export const EMBEDDINGS_FILE = "embeddings.safetensors";

async function findImageSet({ db }: WithDatabase, id: string): Promise<StoredSet> {
  const [row] = await db.select().from(datasets).where(eq(datasets.id, id));
  if (!row) throw notFound("dataset", id);
  const { dimension } = await findSet({ db }, row.packingId, "packing");
  const [file] = await db
    .select()
    .from(datasetFiles)
    .where(and(eq(datasetFiles.datasetId, id), eq(datasetFiles.name, EMBEDDINGS_FILE)));
  const objectKey = file?.objectKey ?? null;
  return { ...row, kind: "dataset", count: row.made, dimension, objectKey };
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

/**
 * {@link findReadySet} of packings, remembered: what one is never changes once it is ready, but it may be deleted, here or by
 * another gateway, which is told as a change of its job.
 */
export const rememberPackings = (db: Dependencies["db"], seconds: number) =>
  rememberFor(seconds, (id) => findReadySet({ db }, id, "packing"));

const PATHS = { gallery: "/v1/galleries", packing: "/v1/packings", dataset: "/v1/datasets" };

export const notFound = (kind: StoredSet["kind"], id: string) =>
  new HyperFaceError("not-found", `there is no ${kind} ${id}: see GET ${PATHS[kind]}`);
