import type { ObjectStore } from "@hyperface/storage";
import { decodeSet } from "@hyperface/vectors";
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
  // By key, since an object under a key never changes; those used longest ago come first.
  const kept = new Map<string, { bytes: number; embeddings: Promise<Float32Array> }>();
  let timer: NodeJS.Timeout | undefined;
  const total = () => [...kept.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  const load = async (set: ReadySet) =>
    decodeSet(await store.get(set.objectKey), nameOf(set)).embeddings;

  return {
    read(set) {
      const { objectKey: key, count, dimension } = set;
      const { embeddings } = kept.get(key) ?? { embeddings: load(set) };
      kept.delete(key);
      kept.set(key, { bytes: 4 * count * dimension, embeddings });
      embeddings.catch(() => kept.delete(key));
      for (const oldest of kept.keys()) {
        if (kept.size === 1 || total() <= limit) break;
        kept.delete(oldest);
      }
      clearTimeout(timer);
      timer = setTimeout(() => kept.clear(), idle).unref();
      return embeddings;
    },
  };
}
