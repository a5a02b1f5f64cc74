import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Where benchmarks keep what takes long to make, beside the prepared models. */
export const benchFolder = (name: string): string =>
  join(process.env.HYPERFACE_HOME ?? ".hyperface", "bench", name);

/** What `make` answered for these inputs, now or in an earlier run: as JSON. Null is no answer, and is not kept. */
export async function kept<T>(
  name: string,
  inputs: readonly (string | Uint8Array)[],
  make: () => Promise<T | null>,
): Promise<T | null> {
  const hash = createHash("sha256");
  for (const input of inputs) hash.update(input).update("\0");
  const folder = benchFolder(name);
  const file = join(folder, `${hash.digest("hex")}.json`);
  const known = await readFile(file, "utf8").catch(() => null);
  if (known) return JSON.parse(known);
  const made = await make();
  if (made === null) return null;
  await mkdir(folder, { recursive: true });
  await writeFile(file, JSON.stringify(made));
  return made;
}
