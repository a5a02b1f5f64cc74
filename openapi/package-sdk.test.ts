import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageSdk } from "./package-sdk.ts";

const run = promisify(execFile);
const SOURCE = `import { createHyperFace, HyperFaceApiError, type Packing } from "@hyperface/sdk";
const hyperface = createHyperFace({ baseUrl: "http://127.0.0.1:1", retries: 0 });
const count = (packing: Packing): number => packing.count;
const status = (error: HyperFaceApiError): number => error.status;
console.log(Object.keys(hyperface).includes("packings"), typeof count, typeof status);
hyperface.packings.get("pak_1").catch((error: Error) => console.log(error.message));
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sdk-"));
  await packageSdk(join(folder, "package"));
  const { stdout } = await run("npm", ["pack", "--json", join(folder, "package")], { cwd: folder });
  const [{ filename }] = JSON.parse(stdout);
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ name: "consumer", type: "module" }),
  );
  const flags = ["install", "--offline", "--no-audit", "--no-fund", join(folder, filename)];
  await run("npm", flags, { cwd: folder });
  await writeFile(join(folder, "consumer.ts"), SOURCE);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a project of its own compiles against the packed SDK by plain tsc, strictly, and runs", async () => {
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const flags = ["--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom"];
  await run(process.execPath, [tsc, ...flags, "consumer.ts"], { cwd: folder }).catch((error) => {
    throw new Error(error.stdout);
  });
  const { stdout } = await run(process.execPath, ["consumer.js"], { cwd: folder });
  expect(stdout).toBe("true function function\nfetch failed\n");
});

test("a bundler makes one file of it, for browsers too", async () => {
  const bundle = await rolldown({
    input: join(folder, "consumer.ts"),
    platform: "browser",
    cwd: folder,
  });
  const { output } = await bundle.generate({ format: "esm" });
  await bundle.close();
  expect(output).toHaveLength(1);
  expect(output[0].code).not.toMatch(/from "(node:|@hyperface)/);
});
