import type { Certificate, Packing } from "@hyperface/contracts";
import { cosineBounds, leastLargestCosine } from "@hyperface/hypersphere";
import type { Dependencies } from "../../dependencies.ts";
import { findReadyPacking } from "./get.ts";
import { type ResultTensor, readResult } from "./result.ts";

const THRESHOLDS = [0.3, 0.35, 0.4, 0.45, 0.5];
const BINS = 40;
const MAX_LISTED = 1000;

/** @throws HyperFaceError `not-found`, `not-ready` */
export async function getCertificate(deps: Dependencies, id: string): Promise<Certificate> {
  const packing = await findReadyPacking(deps, id);
  const { count, dimension, metrics } = packing;
  const read = async (tensor: ResultTensor) =>
    Array.from(await readResult(deps.store, packing, tensor, { start: 0, count }), Number);
  const [index, cosines, repelled] = await Promise.all([
    read("nearestIndex"),
    read("nearestCosine"),
    repelledBy(packing, read),
  ]);
  const closest = cosines.indexOf(cosines.reduce((a, b) => Math.max(a, b)));
  const maxCosine = cosines[closest] as number;
  return {
    packingId: id,
    count,
    dimension,
    maxCosine,
    pair: [closest, index[closest] as number],
    meanNearestCosine: cosines.reduce((a, b) => a + b, 0) / count,
    histogram: histogramOf(cosines),
    unique: THRESHOLDS.map((threshold) => ({
      threshold,
      count: cosines.reduce((sum, cosine) => sum + Number(cosine < threshold), 0),
    })),
    repelled,
    regulariser: metrics?.regulariser ?? null,
    bounds: cosineBounds(count, dimension),
    gap: maxCosine - leastLargestCosine(count, dimension),
  };
}

/** How far identities keep from the set they were to keep away from. */
async function repelledBy(
  { problem, repelledGalleryId: galleryId }: Packing,
  read: (tensor: ResultTensor) => Promise<number[]>,
): Promise<Certificate["repelled"]> {
  if (!problem.repel || !galleryId) return null;
  const { minimumDistance } = problem.repel;
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

/** Equal bins from the smallest to the largest value. */
function histogramOf(values: readonly number[]): Certificate["histogram"] {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const width = (high - low) / BINS || 1e-6;
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.floor((value - low) / width));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { edges: Array.from({ length: BINS + 1 }, (_, k) => low + k * width), counts };
}
