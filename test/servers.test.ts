import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { endLeftovers } from "./leftovers.ts";
import { startFour, startService, temporaryHome } from "./servers.ts";

const answers = (url: string) =>
  fetch(`${url}/health/live`).then(
    ({ ok }) => ok,
    () => false,
  );

test("what was started before a start that failed is ended with the file", async () => {
  const { home } = await temporaryHome();
  const started = await startService("optimizer-svc", home);
  const file = join(home, "no-folder");
  await writeFile(file, "");
  await expect(startFour(file)).rejects.toThrow(/ended with/);
  expect(await answers(started.url)).toBe(true);
  await endLeftovers();
  expect(await answers(started.url)).toBe(false);
  await expect(writeFile(join(home, "again"), "")).rejects.toThrow("ENOENT");
});
