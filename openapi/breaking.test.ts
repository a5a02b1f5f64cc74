import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** The API against the last release's, as oasdiff compares them. Skipped where that is not installed. */
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const released = path("./released.json");
const corrected = path("./corrected.txt");
const breaking = (revision: string) => {
  const options = ["--fail-on", "ERR", "--format", "text", "--err-ignore", corrected];
  const { stdout, stderr, status } = spawnSync(
    "oasdiff",
    ["breaking", released, revision, ...options],
    { encoding: "utf8" },
  );
  return { told: stdout + stderr, status };
};
const installed = spawnSync("oasdiff", ["--version"]).error === undefined;

test.skipIf(!installed)("no client of the last release breaks on this one", () => {
  const { told, status } = breaking(path("./openapi.json"));
  // A line for each change, its weight first.
  expect(told).not.toMatch(/^error/m);
  expect(status).toBe(0);
});

test.skipIf(!installed)("one that would break is told", async () => {
  const document = JSON.parse(await readFile(released, "utf8"));
  delete document.paths["/v1/jobs/{id}"].get;
  const folder = await mkdtemp(join(tmpdir(), "openapi-"));
  const revision = join(folder, "openapi.json");
  await writeFile(revision, JSON.stringify(document));
  const { told, status } = breaking(revision);
  await rm(folder, { recursive: true });
  expect(status).not.toBe(0);
  expect(told).toContain("GET /v1/jobs/{id}");
});
