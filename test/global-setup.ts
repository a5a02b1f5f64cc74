import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import type { TestProject } from "vitest/node";
import { MODELS, type ModelName } from "../packages/inference/src/models/manifests.ts";
import { prepareModel } from "../packages/inference/src/models/prepare.ts";
import { preparedHome } from "./servers.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const SERVERS = ["all", "api", "embed-svc", "generate-svc", "optimizer-svc"];
/** Packages that load native code, or files of their own, from beside themselves. */
const EXTERNAL =
  /^(@electric-sql\/pglite|@resvg\/resvg-js|onnxruntime-node|pino|piscina|sharp)(\/|$)/;

/** What the tests of real servers share, made once before all: their programs and their models. */
export default async function prepare(project: TestProject): Promise<() => Promise<void>> {
  for (const name of Object.keys(MODELS) as ModelName[]) await prepareModel(name, preparedHome);
  const folder = await mkdtemp(join(preparedHome, "servers-"));
  await bundleServers(folder);
  project.onTestsRerun(() => bundleServers(folder));
  process.env.HYPERFACE_TEST_SERVERS = folder;
  return () => rm(folder, { recursive: true, force: true });
}

/** A server of a few files of JavaScript starts by two seconds of a core sooner than one of a thousand of TypeScript. */
async function bundleServers(folder: string): Promise<void> {
  const bundle = await rolldown({
    cwd: root,
    platform: "node",
    input: Object.fromEntries(SERVERS.map((name) => [name, `apps/${name}/src/server.ts`])),
    external: EXTERNAL,
    plugins: [{ name: "places", transform: keepPlace }],
  });
  await bundle.write({ dir: folder });
  await bundle.close();
}

/** A module finds what lies beside its source from there still. */
const keepPlace = (code: string, file: string) =>
  code.includes("import.meta.url")
    ? code.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(file).href))
    : null;
