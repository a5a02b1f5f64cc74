import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

interface Entry {
  link?: boolean;
  resolved?: string;
  dev?: boolean;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const lock = await readFile(new URL("../package-lock.json", import.meta.url), "utf8");
const entries: Record<string, Entry> = JSON.parse(lock).packages;

/** Where `name` is found from the folder `from`: in the nearest node_modules upwards. */
function resolve(from: string, name: string): string | undefined {
  const inner = join(from, "node_modules", name);
  if (entries[inner]) return inner;
  return from === "." ? undefined : resolve(dirname(from), name);
}

/**
 * The names of the packages that `npm ci --omit=dev --workspace APP` installs. npm omits what nothing but
 * development needs anywhere, so that a workspace's development dependency comes along where another
 * workspace needs it to run.
 */
function installedWith(app: string): Set<string> {
  const found = new Map<string, string>();
  const visit = (folder: string) => {
    const { dependencies, devDependencies, optionalDependencies } = entries[folder] ?? {};
    const wanted = { ...dependencies, ...devDependencies, ...optionalDependencies };
    for (const name of Object.keys(wanted)) {
      const path = resolve(folder, name);
      const entry = path && entries[path];
      if (!entry || entry.dev || found.has(path)) continue;
      found.set(path, name);
      visit(entry.link && entry.resolved ? entry.resolved : path);
    }
  };
  visit(app);
  return new Set(found.values());
}

const HEAVY = ["onnxruntime-node", "@tensorflow/tfjs", "@tensorflow/tfjs-node", "sharp"];

test("the gateway installs without the runtimes of models and the codecs of images", () => {
  const gateway = installedWith("apps/api");
  expect(gateway).toContain("hono");
  expect(HEAVY.filter((name) => gateway.has(name))).toEqual([]);
  const all = installedWith("apps/all");
  expect(HEAVY.filter((name) => all.has(name))).toEqual(HEAVY);
});
