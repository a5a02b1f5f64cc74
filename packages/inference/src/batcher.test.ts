import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { type BatcherOptions, createBatcher, createWorkQueue } from "./batcher.ts";

test("concurrent calls share batches no larger than the size", async () => {
  const sizes: number[] = [];
  const double = createBatcher(
    async (items: number[]) => {
      sizes.push(items.length);
      await setTimeout(5);
      return items.map((item) => 2 * item);
    },
    { size: 4, delay: 5 },
  );
  const results = await Promise.all(Array.from({ length: 10 }, (_, i) => double(i)));
  expect(results).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
  expect(sizes).toEqual([4, 4, 2]);
  expect(await double(21)).toBe(42);
  expect(sizes.at(-1)).toBe(1);
});

test("a bad item fails alone", async () => {
  const check = createBatcher(
    async (items: number[]) => {
      if (items.includes(3)) throw new Error("three");
      return items;
    },
    { size: 8, delay: 1 },
  );
  const results = await Promise.allSettled([1, 2, 3, 4].map((item) => check(item)));
  expect(results.map(({ status }) => status)).toEqual([
    "fulfilled",
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
});

/** One item at a time, each told to end by the test. */
function steps(options: Partial<BatcherOptions> = {}) {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const run = async ([item]: string[]) => {
    begun.push(item as string);
    await new Promise<void>((resolve) => ends.push(resolve));
    return [item as string];
  };
  const batch = createBatcher(run, { size: 1, delay: 0, ...options });
  const end = async () => {
    ends.shift()?.();
    await setTimeout(1);
  };
  return { batch, begun, end };
}

test("clients take turns, however many items one of them has", async () => {
  const { batch, begun, end } = steps();
  const many = ["a1", "a2", "a3", "a4"].map((item) => batch(item, { client: "a" }));
  const few = ["b1", "b2"].map((item) => batch(item, { client: "b" }));
  for (let k = 0; k < 6; k++) await end();
  expect(await Promise.all([...many, ...few])).toEqual(["a1", "a2", "a3", "a4", "b1", "b2"]);
  expect(begun).toEqual(["a1", "a2", "b1", "a3", "b2", "a4"]);
});

test("a full queue refuses one more and takes it later", async () => {
  const { batch, end } = steps({ capacity: 2 });
  const taken = ["a", "b", "c"].map((item) => batch(item));
  await expect(batch("d")).rejects.toMatchObject({ code: "overloaded" });
  await end();
  const later = batch("e");
  for (let k = 0; k < 3; k++) await end();
  expect(await Promise.all([...taken, later])).toEqual(["a", "b", "c", "e"]);
});

test("an item whose client has left is never begun", async () => {
  const { batch, begun, end } = steps();
  const left = new AbortController();
  const first = batch("a");
  const dropped = batch("b", { signal: left.signal });
  const last = batch("c");
  left.abort(new Error("left"));
  await expect(dropped).rejects.toThrow("left");
  await expect(batch("d", { signal: left.signal })).rejects.toThrow("left");
  for (let k = 0; k < 2; k++) await end();
  expect(await Promise.all([first, last])).toEqual(["a", "c"]);
  expect(begun).toEqual(["a", "c"]);
});

test("what waits is shared among all who work", async () => {
  const sizes: number[] = [];
  const run = async (items: number[]) => {
    sizes.push(items.length);
    await setTimeout(5);
    return items;
  };
  const batch = createBatcher(run, { size: 8, delay: 1, parallel: 2 });
  await Promise.all([1, 2, 3, 4].map((item) => batch(item)));
  expect(sizes).toEqual([2, 2]);
});

test("an item that would wait too long for those of others is refused at once; its own do not count", async () => {
  const queue = createWorkQueue({ itemSeconds: 0.1, maxWait: 0.25 });
  let end = () => {};
  const begun = new Promise<void>((resolve) => {
    end = resolve;
  });
  const work = () => begun;
  const mine = Array.from({ length: 50 }, () => queue(work, { client: "mine" }));
  await setTimeout(5);
  const others = [1, 2].map((client) => queue(work, { client }));
  // One of each that came before it: 0.3 s.
  const refusal = await queue(work, { client: 3 }).catch((error) => error);
  expect(refusal.code).toBe("overloaded");
  // All that wait, 49 and 2.
  expect(refusal.retryAfter).toBeCloseTo(5.1, 9);
  end();
  await Promise.all([...mine, ...others]);
  // What was seen to took no time: the same queue is a short one now.
  const quick = Array.from({ length: 20 }, (_, client) => queue(work, { client }));
  await Promise.all(quick);
});
