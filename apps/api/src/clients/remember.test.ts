import { expect, test, vi } from "vitest";
import { rememberFor } from "./remember.ts";

test("an answer holds for a while, is shared while it loads, and a failure is forgotten", async () => {
  const now = vi.spyOn(performance, "now").mockReturnValue(0);
  let loads = 0;
  const read = rememberFor(5, async (name) => {
    loads++;
    if (name === "fails") throw new Error("away");
    return `${name} ${loads}`;
  });
  expect(await Promise.all([read("a"), read("a")])).toEqual(["a 1", "a 1"]);
  now.mockReturnValue(4999);
  expect([await read("a"), await read("b")]).toEqual(["a 1", "b 2"]);
  now.mockReturnValue(5000);
  expect(await read("a")).toBe("a 3");
  for (let i = 0; i < 2; i++) await expect(read("fails")).rejects.toThrow("away");
  expect(loads).toBe(5);
  now.mockRestore();
});
