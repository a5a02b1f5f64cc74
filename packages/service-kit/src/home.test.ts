import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeHome } from "./home.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "home-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("a home is made with the folders above it, and is left as it is where it stands", async () => {
  const home = join(folder, "some", "where");
  await makeHome(home);
  await writeFile(join(home, "kept"), "");
  await makeHome(home);
  expect((await stat(join(home, "kept"))).isFile()).toBe(true);
});

test("a path that can be no folder is refused by name, at once", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  for (const path of [file, join(file, "below"), "/dev/null/home", "/proc/hyperface/home"]) {
    await expect(makeHome(path)).rejects.toThrow(`HYPERFACE_HOME ${path} cannot be used: `);
  }
});
