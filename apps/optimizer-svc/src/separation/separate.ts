import { HyperFaceError, type Separation, type SeparationRequest } from "@hyperface/contracts";
import type { ObjectStore } from "@hyperface/storage";
import { openRows } from "../comparison/rows-file.ts";
import { separateCentres } from "./centres.ts";
import { verifyPairs } from "./verification.ts";

/**
 * How well a set's embeddings tell its identities apart; read in blocks.
 * @throws HyperFaceError `damaged-object`, `missing-object`; `dimension-mismatch` where the counts are of another set
 */
export async function separate(
  store: Pick<ObjectStore, "getRange" | "getStream">,
  { set, counts }: SeparationRequest,
): Promise<Separation> {
  const file = await openRows(store, set, "the set");
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total !== file.count) {
    const detail = `the identities have ${total} embeddings, the set has ${file.count}`;
    throw new HyperFaceError("dimension-mismatch", detail);
  }
  const centres = await separateCentres(file, counts);
  return { ...centres, verification: await verifyPairs(file, counts) };
}
