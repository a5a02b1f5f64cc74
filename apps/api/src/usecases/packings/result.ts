import { HyperFaceError, type Packing } from "@hyperface/contracts";
import { safetensorsLayout } from "@hyperface/formats";
import type { ObjectStore } from "@hyperface/storage";
import { resultKey } from "./keys.ts";

/** A result's header is about 300 bytes. */
const HEADER = 4096;

export type ResultTensor =
  | "embeddings"
  | "nearestIndex"
  | "nearestCosine"
  | "repelledIndex"
  | "repelledCosine";

/** Rows of one tensor of a finished packing, without reading the others. */
export async function readResult(
  store: ObjectStore,
  packing: Packing,
  tensor: ResultTensor,
  rows: { start: number; count: number },
): Promise<Float32Array | Int32Array> {
  const key = resultKey(packing.id);
  const place = safetensorsLayout(await store.getRange(key, 0, HEADER))[tensor];
  if (!place) throw new Error(`${key} has no tensor ${tensor}`);
  const width = 4 * (tensor === "embeddings" ? packing.dimension : 1);
  const bytes = await store.getRange(key, place.start + rows.start * width, rows.count * width);
  const { buffer } = Uint8Array.from(bytes);
  return tensor.endsWith("Index") ? new Int32Array(buffer) : new Float32Array(buffer);
}

/** @throws HyperFaceError `not-found` where the packing has no such identity */
export function checkIdentity({ id, count }: Packing, index: number): void {
  if (index < count) return;
  throw new HyperFaceError(
    "not-found",
    `packing ${id} has no identity ${index}: it has 0 to ${count - 1}`,
  );
}
