import type { Identity } from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { findReadySet } from "../sets/find.ts";
import { readRows } from "../sets/read.ts";
import { checkIdentity } from "./identity.ts";

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
  const packing = await findReadySet(deps, packingId, "packing");
  checkIdentity(packing, index);
  const read = (tensor: Parameters<typeof readRows>[2]) =>
    readRows(deps, packing, tensor, { start: index, count: 1 });
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
