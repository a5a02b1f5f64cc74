import type { ObjectStore } from "@hyperface/storage";
import { decodeSet } from "@hyperface/vectors";
import { LRUCache } from "lru-cache";
import { rememberIn } from "../../remember.ts";
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
  const load = async (set: ReadySet) =>
    decodeSet(await store.get(set.objectKey), nameOf(set)).embeddings;

  return {
    read(set) {
      const { objectKey: key, count, dimension } = set;
      clearTimeout(timer);
      timer = setTimeout(() => kept.clear(), idle).unref();
      return rememberIn(kept, key, () => load(set), Math.min(4 * count * dimension, limit));
    },
  };
}
