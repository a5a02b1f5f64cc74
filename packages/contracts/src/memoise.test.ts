import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { memoiseLoads } from "./memoise.ts";

/** A load whose first `failures` calls fail. */
function createLoad(failures: number) {
  const calls: string[] = [];
  const load = memoiseLoads(async (name: string) => {
    const fails = calls.push(name) <= failures;
    await setImmediate();
    if (fails) throw new Error(`no ${name}`);
    return { name };
  });
  return { calls, load };
}

test("concurrent callers share one load, and later ones what it gave", async () => {
  const { calls, load } = createLoad(0);
  const [first, second, other] = await Promise.all([load("a"), load("a"), load("b")]);
  expect(second).toBe(first);
  expect(other).toEqual({ name: "b" });
  expect(await load("a")).toBe(first);
  expect(calls).toEqual(["a", "b"]);
});

test("a failed load fails all who wait for it, and is tried again by the next", async () => {
  const { calls, load } = createLoad(1);
  const outcomes = await Promise.allSettled([load("a"), load("a")]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await Promise.all([load("a"), load("a")])).toEqual([{ name: "a" }, { name: "a" }]);
  expect(calls).toEqual(["a", "a"]);
});
