import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/**
 * Runs what deploy/Dockerfile says without an engine: each stage in an empty folder that stands for its root, with
 * the commands, copies and variables of its own and of the stages it is from; then the last one's CMD as a user without
 * rights, until its HEALTHCHECK is content. What images bring (`FROM node:20-slim`) is this machine's; a stage that nothing
 * of BASE=cpu needs is not run.
 *
 *   node --import tsx deploy/try-dockerfile.ts [SERVICE]
 */
const root = fileURLToPath(new URL("../", import.meta.url));
const SERVICE = process.argv[2] ?? "all";
/** Nobody's, on every Linux. */
const USER = 65534;
const HEALTHY_SECONDS = 120;

interface Instruction {
  name: string;
  text: string;
}
interface Stage {
  from: string;
  instructions: Instruction[];
}
/** A stage as it was run. */
interface Made {
  folder: string;
  workdir: string;
  variables: Record<string, string>;
  health?: string[];
  command?: string[];
}

const parse = (text: string): Instruction[] =>
  text
    .replace(/^#.*$/gm, "")
    .replace(/\\\n/g, " ")
    .split("\n")
    .map((line) => /^\s*([A-Z]+)\s+(.*)$/.exec(line))
    .flatMap((found) =>
      found ? [{ name: found[1] as string, text: (found[2] ?? "").trim() }] : [],
    );

const defaults: Record<string, string> = { SERVICE };
const expand = (text: string, variables: Record<string, string>) =>
  text.replace(/\$\{(\w+)\}/g, (whole, name) => variables[name] ?? whole);

function readStages(instructions: Instruction[]): Map<string, Stage> {
  const stages = new Map<string, Stage>();
  let last: Stage | undefined;
  for (const { name, text } of instructions) {
    if (name === "FROM") {
      const [from = "", , as = "the image"] = text.split(/\s+/);
      last = { from: expand(from, defaults), instructions: [] };
      stages.set(as, last);
    } else if (last) last.instructions.push({ name, text });
    else if (name === "ARG") defaults[text.split("=")[0] as string] ??= text.split("=")[1] ?? "";
  }
  return stages;
}

const place = await mkdtemp(join(tmpdir(), "dockerfile-"));
await chmod(place, 0o755);
const stages = readStages(parse(await readFile(join(root, "deploy/Dockerfile"), "utf8")));
const made = new Map<string, Promise<Made>>();

function make(name: string): Promise<Made> {
  const known = made.get(name) ?? run(name, stages.get(name) as Stage);
  made.set(name, known);
  return known;
}

async function run(name: string, { from, instructions }: Stage): Promise<Made> {
  const base = stages.has(from) ? await make(from) : undefined;
  const folder = join(place, name.replaceAll(" ", "-"));
  await mkdir(folder);
  if (base) await link(base.folder, folder);
  const stage: Made = { workdir: "/", variables: {}, ...base, folder };
  for (const { name: what, text } of instructions) {
    console.error(`${name}: ${what} ${text.slice(0, 100)}`);
    await STEPS[what]?.(stage, text);
  }
  return stage;
}

/** Hard links, as a layer is shared. */
async function link(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  shell(`cp -al "${from}/." "${to}"`, { cwd: place });
}

function shell(command: string, { cwd, env }: { cwd: string; env?: Record<string, string> }): void {
  const options = { cwd, env: { ...process.env, ...env }, stdio: "inherit" } as const;
  const { status } = spawnSync("sh", ["-ec", command], options);
  if (status !== 0) throw new Error(`ended with ${status}: ${command}`);
}

const settings = (text: string) =>
  Object.fromEntries(text.split(/\s+/).map((each) => each.split(/=(.*)/s).slice(0, 2)));
const within = (stage: Made, path: string) =>
  join(stage.folder, path.startsWith("/") ? path : join(stage.workdir, path));

const STEPS: Record<string, (stage: Made, text: string) => Promise<void> | void> = {
  ARG(stage, text) {
    const [name = "", value = ""] = text.split("=");
    stage.variables[name] = defaults[name] ?? value;
  },
  ENV(stage, text) {
    Object.assign(stage.variables, settings(expand(text, stage.variables)));
  },
  async WORKDIR(stage, text) {
    stage.workdir = text;
    await mkdir(within(stage, "."), { recursive: true });
  },
  async RUN(stage, text) {
    // The state's folder is the stage's, not this machine's.
    const command = text.replaceAll("/var/lib/", `${stage.folder}/var/lib/`);
    await mkdir(join(stage.folder, "var/lib"), { recursive: true });
    shell(command, { cwd: within(stage, "."), env: stage.variables });
  },
  async COPY(stage, text) {
    const words = text.split(/\s+/);
    const option = (name: string) =>
      words.find((word) => word.startsWith(`--${name}=`))?.split("=")[1];
    const paths = words.filter((word) => !word.startsWith("--"));
    const to = paths.pop() as string;
    const from = option("from");
    for (const path of paths) {
      if (from) await link(join((await make(from)).folder, path), within(stage, to));
      else await copyTracked(path, within(stage, to));
    }
    if (option("chown") && process.getuid?.() === 0) {
      // Files that are shared by hard links are another stage's too: this one's become its own.
      shell(`cp -r "${within(stage, to)}" "${within(stage, to)}-own"`, { cwd: place });
      await rm(within(stage, to), { recursive: true });
      shell(`mv "${within(stage, to)}-own" "${within(stage, to)}"`, { cwd: place });
      shell(`chown -R ${USER}:${USER} "${within(stage, to)}"`, { cwd: place });
    }
  },
  HEALTHCHECK(stage, text) {
    stage.health = JSON.parse(text.slice(text.indexOf("CMD") + 3));
  },
  CMD(stage, text) {
    stage.command = JSON.parse(text);
  },
};

/** Of the build's context: what git knows, without what the image leaves out. */
async function copyTracked(path: string, to: string): Promise<void> {
  const { stdout } = spawnSync("git", ["ls-files", "-z", "--", path], {
    cwd: root,
    encoding: "utf8",
  });
  const files = stdout.split("\0").filter(Boolean);
  if (files.length === 0) throw new Error(`COPY ${path}: there is nothing`);
  for (const file of files) {
    const own = file === path ? join(to, file) : join(to, file.slice(path.length + 1));
    await cp(join(root, file), own);
  }
}

const port = "8099";
try {
  const image = await make("the image");
  const env = { PATH: process.env.PATH ?? "", ...image.variables, PORT: port, HOST: "127.0.0.1" };
  const home = join(image.folder, image.variables.HYPERFACE_HOME as string);
  const [command = "", ...args] = image.command ?? [];
  const own = process.getuid?.() === 0 ? { uid: USER, gid: USER } : {};
  const options = { cwd: within(image, "."), env: { ...env, HYPERFACE_HOME: home }, ...own };
  const server = spawn(command, args, { ...options, stdio: "inherit" });
  const ended = once(server, "exit");
  const until = performance.now() + 1000 * HEALTHY_SECONDS;
  const [check = "", ...checkArgs] = image.health ?? [];
  while (spawnSync(check, checkArgs, options).status !== 0) {
    if (server.exitCode !== null) throw new Error(`CMD ended with ${server.exitCode}`);
    if (performance.now() > until) throw new Error(`not healthy in ${HEALTHY_SECONDS} s`);
    await later(500);
  }
  server.kill("SIGTERM");
  const [code] = await ended;
  if (code !== 0) throw new Error(`CMD ended with ${code} when it was told to stop`);
  console.error(`SERVICE=${SERVICE}: built, started as a user without rights, healthy, stopped`);
} finally {
  await rm(place, { recursive: true, force: true });
}
