import type { Identity } from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { findReadyPacking } from "../packings/get.ts";
import { checkIdentity, readResult } from "../packings/result.ts";

export const describeNearest = (index: number, cosine: number) => ({
  index,
  cosine,
  distance: 1 - cosine,
});

/** @throws HyperFaceError `not-found`, `not-ready` */
export async function getIdentity(
  deps: Dependencies,
  packingId: string,
  index: number,
): Promise<Identity> {
  const packing = await findReadyPacking(deps, packingId);
  checkIdentity(packing, index);
  const read = (tensor: Parameters<typeof readResult>[2]) =>
    readResult(deps.store, packing, tensor, { start: index, count: 1 });
  const [reference, [neighbour], [cosine]] = await Promise.all([
    read("embeddings"),
    read("nearestIndex"),
    read("nearestCosine"),
  ]);
  return {
    index,
    nearest: describeNearest(neighbour as number, cosine as number),
    packingId,
    model: packing.model,
    reference: [...reference],
  };
}
