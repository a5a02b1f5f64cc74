import { type Limit, tellQuota, tooMuch } from "./limit.ts";

/** Bounds the requests of a client that this process works on at once. */
export function createConcurrencyLimit(most: number): Limit {
  const underWay = new Map<string, number>();
  const quota = { name: "at-once", q: most, unit: "concurrent-requests" } as const;
  return async (c, client) => {
    const now = underWay.get(client) ?? 0;
    tellQuota(c, quota, Math.max(0, most - now - 1));
    if (now >= most) throw tooMuch(c, 1, `more than ${most} requests at once`);
    underWay.set(client, now + 1);
    return () => {
      const left = (underWay.get(client) ?? 1) - 1;
      if (left > 0) underWay.set(client, left);
      else underWay.delete(client);
    };
  };
}
