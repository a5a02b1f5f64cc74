import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createHyperFace } from "@hyperface/sdk";
import { endWithFile } from "./leftovers.ts";
import { freePort } from "./ports.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../", import.meta.url));
const git = (...args: string[]) =>
  execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();

/**
 * The last commit whose newest migration is the one that the last release names; undefined where history does not
 * reach back to it, as in a shallow clone.
 */
export const lastRelease: string | undefined = (() => {
  const folder = join(root, "apps/api/drizzle");
  const { migration } = JSON.parse(readFileSync(join(folder, "released.json"), "utf8"));
  const [next] = readdirSync(folder)
    .filter((file) => file.endsWith(".sql") && file > `${migration}.sql`)
    .sort();
  if (!existsSync(join(root, ".git"))) return undefined;
  if (!next) return git("rev-parse", "HEAD");
  const path = `apps/api/drizzle/${next}`;
  const added = git("log", "--diff-filter=A", "--format=%H %P", "--", path).split("\n").at(-1);
  return added?.split(" ")[1];
})();

/** That commit's files in a folder of their own, on the packages that are installed here, or its own where those differ. */
export async function checkOut(commit: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "hyperface-release-"));
  endWithFile(() => rm(folder, { recursive: true, force: true }));
  await run("sh", ["-c", `git archive ${commit} | tar -x -C "${folder}"`], { cwd: root });
  if (await hasPackagesOf(folder)) await linkPackages(folder);
  else await run("npm", ["ci", "--omit=dev"], { cwd: folder });
  return folder;
}

/** Those that its workspaces name, of the versions that they name. */
async function hasPackagesOf(folder: string): Promise<boolean> {
  const manifests = await Promise.all((await workspacesOf(folder)).map(readManifest));
  const named = manifests.flatMap(({ dependencies = {} }) => Object.entries(dependencies));
  const others = named.filter(([name]) => !name.startsWith("@hyperface/"));
  const here = await Promise.all(
    others.map(async ([name, version]) => {
      const found = await readManifest(join(root, "node_modules", name)).catch(() => undefined);
      return found?.version === version || version.startsWith("npm:");
    }),
  );
  return here.every(Boolean);
}

interface Manifest {
  name: string;
  version: string;
  dependencies?: Record<string, string>;
}
const readManifest = async (folder: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(folder, "package.json"), "utf8"));

async function workspacesOf(folder: string): Promise<string[]> {
  const parents = ["apps", "packages"].map((name) => join(folder, name));
  const lists = await Promise.all(parents.map((parent) => readdir(parent)));
  return parents.flatMap((parent, i) => (lists[i] as string[]).map((name) => join(parent, name)));
}

async function linkPackages(folder: string): Promise<void> {
  const packages = join(folder, "node_modules");
  await mkdir(join(packages, "@hyperface"), { recursive: true });
  for (const name of await readdir(join(root, "node_modules"))) {
    if (name === "@hyperface") continue;
    await symlink(join(root, "node_modules", name), join(packages, name));
  }
  for (const workspace of await workspacesOf(folder)) {
    const { name } = await readManifest(workspace);
    await symlink(workspace, join(packages, name));
  }
}

/** All four services of a checkout in one process, or one of its `app`s, once it answers. */
export async function startCheckOut(
  folder: string,
  variables: Record<string, string>,
  app = "all",
) {
  const port = variables.PORT ?? String(await freePort());
  const child = spawn(process.execPath, ["--import", "tsx", `apps/${app}/src/server.ts`], {
    cwd: folder,
    env: { ...process.env, LOG_LEVEL: "error", HOST: "127.0.0.1", ...variables, PORT: port },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  };
  endWithFile(() => stop("SIGKILL"));
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${folder} ended with ${child.exitCode}`);
    const answer = await fetch(`${url}/health/live`).catch(() => undefined);
    if (answer?.ok) break;
    await new Promise((done) => setTimeout(done, 50));
  }
  return { hyperface: createHyperFace({ baseUrl: url, retries: 0 }), stop };
}
