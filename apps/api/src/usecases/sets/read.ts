import { HyperFaceError, memoiseLoads } from "@hyperface/contracts";
import {
  checkRows,
  decodeSet,
  SET_HEADER_BYTES,
  type SetTensor,
  setTensorPlace,
} from "@hyperface/vectors";
import type { Dependencies } from "../../dependencies.ts";
import { findReadySet, type ReadySet } from "./find.ts";

/** What errors call a set. */
export const nameOf = ({ kind, id }: ReadySet) => `${kind} ${id}`;

/** A ready set's unit embeddings, row-major. @throws HyperFaceError `not-found`, `not-ready`, `damaged-object` */
export async function readSet(
  deps: Pick<Dependencies, "db" | "store">,
  id: string,
  as?: ReadySet["kind"],
) {
  const set = await findReadySet(deps, id, as);
  const { embeddings } = decodeSet(await deps.store.get(set.objectKey), nameOf(set));
  return { set, embeddings };
}

/** Of sets that are remembered, as long as they are: what is under a set's key never changes. */
const headers = new WeakMap<ReadySet, Promise<Uint8Array>>();

/**
 * Rows of one tensor of a ready set, without reading the others.
 * @throws HyperFaceError `damaged-object`
 */
export async function readRows<T extends SetTensor>(
  { store }: Pick<Dependencies, "store">,
  set: ReadySet,
  tensor: T,
  { start, count }: { start: number; count: number },
): Promise<Numbers<T>> {
  const name = nameOf(set);
  const readHeader = () => store.getRange(set.objectKey, 0, SET_HEADER_BYTES);
  const place = setTensorPlace(await memoiseLoads(readHeader, headers)(set), tensor, name);
  const width = 4 * (tensor === "embeddings" ? set.dimension : 1);
  const bytes = await store.getRange(set.objectKey, place.start + start * width, count * width);
  if (bytes.length !== count * width) {
    throw new HyperFaceError("damaged-object", `${name} is cut short in its store`);
  }
  const { buffer } = Uint8Array.from(bytes);
  if (tensor.endsWith("Index")) return new Int32Array(buffer) as Numbers<T>;
  const rows = new Float32Array(buffer);
  if (tensor === "embeddings") checkRows(rows, set.dimension, name);
  return rows as Numbers<T>;
}

type Numbers<T extends SetTensor> = T extends `${string}Index` ? Int32Array : Float32Array;
