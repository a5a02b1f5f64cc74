import type { IdentitySummary, Page, PageQuery } from "@hyperface/contracts";
import { fromCursor, toCursor } from "../../db/ids.ts";
import type { Dependencies } from "../../dependencies.ts";
import { readRows } from "../sets/read.ts";
import { describeNearest } from "./get.ts";

/** A page of a packing's identities, by index. @throws HyperFaceError `not-found`, `not-ready` */
export async function listIdentities(
  deps: Dependencies,
  packingId: string,
  { limit, cursor }: PageQuery,
): Promise<Page<IdentitySummary>> {
  const packing = await deps.findPacking(packingId);
  const start = Math.min(cursor ? Number(fromCursor(cursor, /^\d{1,10}$/)) : 0, packing.count);
  const count = Math.min(limit, packing.count - start);
  const [indices, cosines] = await Promise.all([
    readRows(deps, packing, "nearestIndex", { start, count }),
    readRows(deps, packing, "nearestCosine", { start, count }),
  ]);
  const data = Array.from(indices, (neighbour, k) => ({
    index: start + k,
    nearest: describeNearest(neighbour, cosines[k] as number),
  }));
  const end = start + count;
  return { data, nextCursor: end < packing.count ? toCursor(String(end)) : null };
}
