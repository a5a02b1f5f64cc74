import { execFile } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const run = promisify(execFile);

/** Builds the SDK as a package that `npm publish` takes: JavaScript, types, README and changelog. */
export async function packageSdk(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const project = path("./sdk/tsconfig.package.json");
  await run(process.execPath, [tsc, "-p", project, "--outDir", join(folder, "dist")]);
  const { name, version, license } = JSON.parse(await readFile(path("./sdk/package.json"), "utf8"));
  const manifest = {
    ...{ name, version, license, type: "module", sideEffects: false, engines: { node: ">=20" } },
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
    files: ["dist", "CHANGELOG.md"],
  };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await cp(path("./sdk/README.md"), join(folder, "README.md"));
  await cp(path("./sdk/CHANGELOG.md"), join(folder, "CHANGELOG.md"));
  await cp(path("../LICENSE"), join(folder, "LICENSE"));
}

// npm run package-sdk [-- FOLDER]
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = resolve(process.argv[2] ?? "sdk-package");
  await packageSdk(folder);
  console.log(`npm publish ${folder}`);
}
