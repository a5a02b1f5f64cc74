import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));

/** The names of the packages that an install of one app alone brings, as deploy/Dockerfile asks for it. */
async function installedWith(app: string): Promise<Set<string>> {
  const flags = ["--all", "--parseable", "--package-lock-only", "--omit=dev", "--workspace", app];
  const { stdout } = await promisify(execFile)("npm", ["ls", ...flags], { cwd: root });
  return new Set(stdout.split("\n").map((path) => path.split("node_modules/").at(-1) ?? ""));
}

const HEAVY = ["onnxruntime-node", "@tensorflow/tfjs", "@tensorflow/tfjs-node", "sharp"];

test("the gateway installs without the runtimes of models and the codecs of images", async () => {
  const gateway = await installedWith("apps/api");
  expect(gateway).toContain("hono");
  expect(HEAVY.filter((name) => gateway.has(name))).toEqual([]);
  const all = await installedWith("apps/all");
  expect(HEAVY.filter((name) => all.has(name))).toEqual(HEAVY);
});
