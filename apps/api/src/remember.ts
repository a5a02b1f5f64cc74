import { memoiseLoads } from "@hyperface/contracts";
import { LRUCache } from "lru-cache";

/** Answers remembered at once. */
const MOST = 1000;

export interface Remembered<T> {
  (name: string): Promise<T>;
  /** Lets go of every answer. */
  forget(): void;
}

/** `load`, whose answers are remembered for `seconds`, as {@link memoiseLoads}. */
export function rememberFor<T>(seconds: number, load: (name: string) => Promise<T>): Remembered<T> {
  if (seconds === 0) return Object.assign((name: string) => load(name), { forget() {} });
  const known = new LRUCache<string, Promise<T>>({
    max: MOST,
    ttl: 1000 * seconds,
    ttlResolution: 0,
  });
  return Object.assign(memoiseLoads(load, known), { forget: () => known.clear() });
}
