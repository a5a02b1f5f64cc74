/**
 * `load`, called once for each key and kept. Callers that come meanwhile share the call; a failure is
 * forgotten, so that the next caller has it tried again.
 */
export function memoiseLoads<T, K = void>(load: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const loads = new Map<K, Promise<T>>();
  return (key) => {
    const known = loads.get(key);
    if (known) return known;
    const loading = load(key);
    loads.set(key, loading);
    loading.catch(() => loads.delete(key));
    return loading;
  };
}
