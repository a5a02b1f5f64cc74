import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { MODELS, type ModelName } from "./models/manifests.ts";
import { prepareModel } from "./models/prepare.ts";

// npm run models: prepares every model, or says which are there.
const root = fileURLToPath(new URL("../../../", import.meta.url));
const home = resolve(process.env.HYPERFACE_HOME ?? resolve(root, ".hyperface"));
for (const name of Object.keys(MODELS) as ModelName[]) {
  const { bytes, sha256, made } = await prepareModel(name, home);
  const size = `${(bytes.length / 2 ** 20).toFixed(1)} MiB`;
  console.log(`${name.padEnd(18)} ${made ? "prepared" : "ready   "} ${size} sha256 ${sha256}`);
}
