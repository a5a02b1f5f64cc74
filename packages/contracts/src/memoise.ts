/**
 * `load`, called once for each key and kept. Callers that come meanwhile share the call; a failure is
 * forgotten, so that the next caller has it tried again.
 * @param loads where they are kept; one that is bounded lets some go, which are loaded again
 */
export function memoiseLoads<T, K = void>(
  load: (key: K) => Promise<T>,
  loads: Loads<K, T> = new Map(),
): (key: K) => Promise<T> {
  return (key) => {
    const known = loads.get(key);
    if (known) return known;
    const loading = load(key);
    loads.set(key, loading);
    loading.catch(() => loads.get(key) === loading && loads.delete(key));
    return loading;
  };
}

type Loads<K, T> = {
  get(key: K): Promise<T> | undefined;
  set(key: K, loading: Promise<T>): unknown;
  delete(key: K): boolean;
};
