import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { createBatcher } from "./batcher.ts";

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
  const results = await Promise.allSettled([1, 2, 3, 4].map(check));
  expect(results.map(({ status }) => status)).toEqual([
    "fulfilled",
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
});
