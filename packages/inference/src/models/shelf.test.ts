import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { createShelf, type ShelfEntry } from "./shelf.ts";

function entry(over: Partial<ShelfEntry<null, number>> = {}) {
  const told: string[] = [];
  let count = 0;
  const made: ShelfEntry<null, number> = {
    name: "m",
    key: "m 1",
    description: null,
    load: async () => {
      told.push("loaded");
      count += 1;
      return count;
    },
    unload: async (model) => {
      told.push(`unloaded ${model}`);
    },
    ...over,
  };
  return { made, told };
}

test("a model is loaded once for all who use it, and put away when it was idle", async () => {
  const shelf = createShelf<null, number>(0.05);
  const { made, told } = entry();
  expect(shelf.state(made)).toBe("unloaded");
  const used = [1, 2, 3].map(() => shelf.use(made, async (model) => model));
  expect(shelf.state(made)).toBe("loading");
  expect(await Promise.all(used)).toEqual([1, 1, 1]);
  expect([shelf.state(made), shelf.loaded(made)]).toEqual(["ready", 1]);
  await setTimeout(150);
  expect([shelf.state(made), told]).toEqual(["unloaded", ["loaded", "unloaded 1"]]);
  expect(await shelf.use(made, async (model) => model)).toBe(2);
  await shelf.close();
  expect(told.at(-1)).toBe("unloaded 2");
});

test("work holds a model longer than it may be idle; a pinned one stays", async () => {
  const shelf = createShelf<null, number>(0.01);
  const { made, told } = entry();
  await shelf.use(made, () => setTimeout(60));
  expect(told).toEqual(["loaded"]);
  const pinned = entry({ key: "m 2", pinned: true });
  await shelf.use(pinned.made, async () => {});
  await setTimeout(60);
  expect([told, pinned.told]).toEqual([["loaded", "unloaded 1"], ["loaded"]]);
});

test("a failed load is said, and tried again", async () => {
  const shelf = createShelf<null, number>(1);
  let tries = 0;
  const { made } = entry({
    load: async () => {
      tries += 1;
      if (tries === 1) throw new Error("no memory");
      return tries;
    },
  });
  await expect(shelf.use(made, async () => {})).rejects.toThrow("no memory");
  expect(shelf.state(made)).toBe("failed");
  expect(await shelf.use(made, async (model) => model)).toBe(2);
});
