import { HyperFaceError } from "@hyperface/contracts";
import type { StoredSet } from "../sets/find.ts";

/** @throws HyperFaceError `not-found` where the packing has no such identity */
export function checkIdentity({ id, count }: Pick<StoredSet, "id" | "count">, index: number): void {
  if (index < count) return;
  throw new HyperFaceError(
    "not-found",
    `packing ${id} has no identity ${index}: it has 0 to ${count - 1}`,
  );
}
