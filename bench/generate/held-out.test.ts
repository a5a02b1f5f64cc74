import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { isHeldOut } from "./held-out.ts";

test("the bench judges exactly the faces that training leaves out", async () => {
  const file = new URL("./fixtures/held-out.json", import.meta.url);
  const expected = JSON.parse(await readFile(file, "utf8"));
  const names = Array.from({ length: 1000 }, (_, i) => `a${String(i).padStart(4, "0")}.jpg`);
  expect(names.filter(isHeldOut)).toEqual(expected);
});
