import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { FileStore } from "./file-store.ts";
import { openStore } from "./open-store.ts";

const USAGE = `npm run verify-store [-- --adopt]
Reads every object of the store (HYPERFACE_HOME, STORE_URL) and prints those that are not as they were written.
Ends with 1 where there are any.
  --adopt  records the checksum of objects in a folder that have none, as they are now`;

const root = fileURLToPath(new URL("../../../", import.meta.url));

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { adopt: { type: "boolean" }, help: { type: "boolean" } },
  });
  if (values.help) return console.log(USAGE);
  const { HYPERFACE_HOME: home = resolve(root, ".hyperface"), STORE_URL: url } = process.env;
  const store = await openStore({ home: resolve(home), url });
  let found = 0;
  for await (const { key, kind } of store.findDamage()) {
    const adopted = kind === "unrecorded" && values.adopt === true && "adopt" in store;
    if (adopted) await (store as FileStore).adopt(key);
    else found++;
    console.log(`${adopted ? "adopted" : kind}\t${key}`);
  }
  console.error(
    found === 0 ? "nothing is damaged" : `${found} objects are not as they were written`,
  );
  if (found > 0) process.exitCode = 1;
}

await main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 2;
});
