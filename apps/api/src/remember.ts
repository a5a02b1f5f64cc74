import { LRUCache } from "lru-cache";

/** Answers remembered at once. */
const MOST = 1000;

export interface Remembered<T> {
  (name: string): Promise<T>;
  /** Lets go of every answer. */
  forget(): void;
}

/**
 * `load`, whose answers are remembered for `seconds`; those who ask while it loads share one answer. A failure is
 * forgotten.
 */
export function rememberFor<T>(seconds: number, load: (name: string) => Promise<T>): Remembered<T> {
  if (seconds === 0) return Object.assign((name: string) => load(name), { forget() {} });
  const known = new LRUCache<string, Promise<T>>({
    max: MOST,
    ttl: 1000 * seconds,
    ttlResolution: 0,
  });
  const read = (name: string) => {
    const found = known.get(name);
    if (found) return found;
    const answer = load(name);
    known.set(name, answer);
    answer.catch(() => {
      if (known.peek(name) === answer) known.delete(name);
    });
    return answer;
  };
  return Object.assign(read, { forget: () => known.clear() });
}
