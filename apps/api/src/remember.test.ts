import { expect, test, vi } from "vitest";
import { rememberFor } from "./remember.ts";

test("an answer holds for a while, is shared while it loads, and a failure is forgotten", async () => {
  const now = vi.spyOn(performance, "now").mockReturnValue(1);
  let loads = 0;
  const read = rememberFor(5, async (name) => {
    loads++;
    if (name === "fails") throw new Error("away");
    return `${name} ${loads}`;
  });
  expect(await Promise.all([read("a"), read("a")])).toEqual(["a 1", "a 1"]);
  now.mockReturnValue(5001);
  expect([await read("a"), await read("b")]).toEqual(["a 1", "b 2"]);
  now.mockReturnValue(5002);
  expect(await read("a")).toBe("a 3");
  for (let i = 0; i < 2; i++) await expect(read("fails")).rejects.toThrow("away");
  expect(loads).toBe(5);
  read.forget();
  expect(await read("a")).toBe("a 6");
  now.mockRestore();
});
