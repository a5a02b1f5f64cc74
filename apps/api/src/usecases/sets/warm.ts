import { memoiseLoads } from "@hyperface/contracts";
import type { ObjectStore } from "@hyperface/storage";
import { decodeSet } from "@hyperface/vectors";
import { LRUCache } from "lru-cache";
import type { ReadySet } from "./find.ts";
import { nameOf } from "./read.ts";

/** Bytes of embeddings that are kept; the newest are kept whatever their size. */
const LIMIT = 256 * 2 ** 20;
/** Milliseconds without use after which nothing is kept. */
const IDLE = 60_000;

/** Embeddings of ready sets, those in use kept between the slices that need them. */
export interface WarmSets {
  /** Unit rows. @throws HyperFaceError `missing-object`, `damaged-object` */
  read(set: ReadySet): Promise<Float32Array>;
}

export function createWarmSets(
  store: Pick<ObjectStore, "get">,
  { limit = LIMIT, idle = IDLE } = {},
): WarmSets {
  // By key, since an object under a key never changes.
  const kept = new LRUCache<string, Promise<Float32Array>>({ maxSize: limit });
  let timer: NodeJS.Timeout | undefined;
  const sizeOf = ({ count, dimension }: ReadySet) => Math.min(4 * count * dimension, limit);
  const read = memoiseLoads(
    async (set: ReadySet) => decodeSet(await store.get(set.objectKey), nameOf(set)).embeddings,
    {
      get: ({ objectKey }) => kept.get(objectKey),
      set: (set, loading) => kept.set(set.objectKey, loading, { size: sizeOf(set) }),
      delete: ({ objectKey }) => kept.delete(objectKey),
    },
  );

  return {
    read(set) {
      clearTimeout(timer);
      timer = setTimeout(() => kept.clear(), idle).unref();
      return read(set);
    },
  };
}
