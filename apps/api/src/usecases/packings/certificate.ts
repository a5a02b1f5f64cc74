import { summarise } from "@hyperface/certificate";
import type { Certificate, Packing } from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { findReadyPacking } from "./get.ts";
import { type ResultTensor, readResult } from "./result.ts";

const MAX_LISTED = 1000;

/** @throws HyperFaceError `not-found`, `not-ready` */
export async function getCertificate(deps: Dependencies, id: string): Promise<Certificate> {
  const packing = await findReadyPacking(deps, id);
  const { count, dimension, metrics } = packing;
  const read = async (tensor: ResultTensor) =>
    Array.from(await readResult(deps.store, packing, tensor, { start: 0, count }), Number);
  const [index, cosine, repelled] = await Promise.all([
    read("nearestIndex"),
    read("nearestCosine"),
    repelledBy(packing, read),
  ]);
  const regulariser = metrics?.regulariser ?? null;
  return { packingId: id, ...summarise({ dimension, index, cosine, regulariser }), repelled };
}

/** How far identities keep from the set they were to keep away from. */
async function repelledBy(
  { spec, repelledGalleryId: galleryId }: Packing,
  read: (tensor: ResultTensor) => Promise<number[]>,
): Promise<Certificate["repelled"]> {
  if (!spec.repel || !galleryId) return null;
  const { minimumDistance } = spec.repel;
  const [index, cosines] = await Promise.all([read("repelledIndex"), read("repelledCosine")]);
  const found = cosines.map((cosine, identity) => ({
    identity,
    index: index[identity] as number,
    distance: 1 - cosine,
  }));
  found.sort((a, b) => a.distance - b.distance);
  const near = found.filter(({ distance }) => distance < minimumDistance);
  return {
    galleryId,
    minimumDistance,
    smallestDistance: found[0]?.distance as number,
    violations: near.length,
    nearest: near.slice(0, MAX_LISTED),
  };
}
