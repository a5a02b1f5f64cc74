import { LRUCache } from "lru-cache";

/** Answers remembered at once. */
const MOST = 1000;

export interface Remembered<T> {
  (name: string): Promise<T>;
  /** Lets go of every answer. */
  forget(): void;
}

/**
 * What `cache` has under `key`, or what `load` gives, which those who ask while it loads share. A failure is forgotten.
 * @param size of what is loaded, where the cache is bounded by it
 */
export function rememberIn<T>(
  cache: LRUCache<string, Promise<T>>,
  key: string,
  load: () => Promise<T>,
  size?: number,
): Promise<T> {
  const found = cache.get(key);
  if (found) return found;
  const answer = load();
  cache.set(key, answer, size === undefined ? {} : { size });
  answer.catch(() => {
    if (cache.peek(key) === answer) cache.delete(key);
  });
  return answer;
}

/** `load`, whose answers are remembered for `seconds`, as {@link rememberIn}. */
export function rememberFor<T>(seconds: number, load: (name: string) => Promise<T>): Remembered<T> {
  if (seconds === 0) return Object.assign((name: string) => load(name), { forget() {} });
  const known = new LRUCache<string, Promise<T>>({
    max: MOST,
    ttl: 1000 * seconds,
    ttlResolution: 0,
  });
  const read = (name: string) => rememberIn(known, name, () => load(name));
  return Object.assign(read, { forget: () => known.clear() });
}
