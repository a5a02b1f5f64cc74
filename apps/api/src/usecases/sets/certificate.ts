import { summarise } from "@hyperface/certificate";
import { type Certificate, HyperFaceError } from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { findPacking } from "../packings/get.ts";
import { findReadySet, type ReadySet } from "./find.ts";
import { readRows } from "./read.ts";

const MAX_LISTED = 1000;
/** Largest set whose neighbours are sought while a client waits: some seconds. */
const MAX_SOUGHT = 20_000;

/**
 * How good a gallery or a packing is as a set. A packing knows its neighbours; a gallery's are sought.
 * @throws HyperFaceError `not-found`, `not-ready`, `set-too-large`, `damaged-object`
 */
export async function getCertificate(
  deps: Dependencies,
  id: string,
  as: ReadySet["kind"],
  signal?: AbortSignal,
): Promise<Certificate> {
  const set = await findReadySet(deps, id, as);
  const { count, dimension } = set;
  if (count < 2)
    throw new HyperFaceError("invalid-vector", `${id}: one vector has no nearest other`);
  if (set.kind === "gallery") {
    const nearest = await seekNeighbours(deps, set, signal);
    return { set: id, ...summarise({ dimension, ...nearest, regulariser: null }), repelled: null };
  }
  const [index, cosine, packing] = await Promise.all([
    readRows(deps, set, "nearestIndex", { start: 0, count }),
    readRows(deps, set, "nearestCosine", { start: 0, count }),
    findPacking(deps, id),
  ]);
  const regulariser = packing.metrics?.regulariser ?? null;
  return {
    set: id,
    ...summarise({ dimension, index, cosine, regulariser }),
    repelled: packing.repel ? await distancesFrom(deps, set, packing.repel) : null,
  };
}

async function seekNeighbours(
  deps: Dependencies,
  { id, count, objectKey }: ReadySet,
  signal?: AbortSignal,
) {
  if (count <= MAX_SOUGHT) return deps.optimizer.seekNeighbours({ set: objectKey }, signal);
  throw new HyperFaceError(
    "set-too-large",
    `gallery ${id} has ${count} vectors, over ${MAX_SOUGHT}: download it and run npm run certify`,
  );
}

/** How far identities keep from the set they were to keep away from. */
async function distancesFrom(
  deps: Dependencies,
  set: ReadySet,
  { set: repelled, minimumDistance }: { set: string; minimumDistance: number },
): Promise<Certificate["repelled"]> {
  const all = { start: 0, count: set.count };
  const [index, cosines] = await Promise.all([
    readRows(deps, set, "repelledIndex", all),
    readRows(deps, set, "repelledCosine", all),
  ]);
  const found = Array.from(cosines, (cosine, identity) => ({
    identity,
    index: index[identity] as number,
    distance: 1 - cosine,
  }));
  found.sort((a, b) => a.distance - b.distance);
  const near = found.filter(({ distance }) => distance < minimumDistance);
  return {
    set: repelled,
    minimumDistance,
    smallestDistance: found[0]?.distance as number,
    violations: near.length,
    nearest: near.slice(0, MAX_LISTED),
  };
}
