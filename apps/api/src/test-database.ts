import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openDatabase } from "./db/database.ts";

const cache = fileURLToPath(new URL("../../../node_modules/.cache/", import.meta.url));
const migrations = fileURLToPath(new URL("../drizzle/", import.meta.url));

/**
 * Puts an empty database with all migrations under `home`, as the gateway would make it there: a copy of one that is
 * kept between runs, for making one takes seconds.
 */
export async function placeDatabase(home: string): Promise<void> {
  const template = join(cache, `database-${await version()}`);
  if (!(await exists(template))) await make(template);
  await cp(join(template, "database"), join(home, "database"), { recursive: true });
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** What the database's files are a function of. */
async function version(): Promise<string> {
  const hash = createHash("sha256");
  const { resolve } = createRequire(import.meta.url);
  hash.update(await readFile(resolve("@electric-sql/pglite")));
  for (const name of (await readdir(migrations)).filter((file) => file.endsWith(".sql")).sort()) {
    hash.update(name).update(await readFile(join(migrations, name)));
  }
  return hash.digest("hex").slice(0, 16);
}

async function make(template: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const home = await mkdtemp(`${template}-`);
  const { close } = await openDatabase({ home, onError: () => {} });
  await close();
  // Of several that make it at once the first is kept.
  await rename(home, template).catch(() => rm(home, { recursive: true }));
}
