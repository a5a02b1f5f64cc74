import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { endWithFile } from "./leftovers.ts";
import { freePort } from "./ports.ts";

const run = promisify(execFile);

export interface Postgres {
  url: string;
  /** Stops the server and starts it again on its data: `fast` lets clients go, `immediate` is as a crash. */
  restart(mode: "fast" | "immediate"): Promise<void>;
  stop(mode?: "fast" | "immediate"): Promise<void>;
  start(): Promise<void>;
  /** Stops it and deletes its data. */
  remove(): Promise<void>;
}

/** The folder of Debian's or another PostgreSQL's programs; undefined where none is installed. */
async function findPrograms(): Promise<string | undefined> {
  const debian = "/usr/lib/postgresql";
  const versions = await readdir(debian).catch(() => []);
  const folders = versions.sort((a, b) => Number(b) - Number(a)).map((v) => join(debian, v, "bin"));
  for (const folder of [...folders, ...(process.env.PATH ?? "").split(":")]) {
    const found = await Promise.all(
      ["initdb", "postgres"].map((name) =>
        access(join(folder, name)).then(
          () => true,
          () => false,
        ),
      ),
    );
    if (found.every(Boolean)) return folder;
  }
  return undefined;
}

/** PostgreSQL refuses to run as root: there it runs as the user that its package makes. */
async function unprivileged(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const id = async (flag: string) => Number((await run("id", [flag, "postgres"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}

/** Whether tests on a real PostgreSQL can run here. */
export const hasPostgres = (await findPrograms()) !== undefined;

/** A PostgreSQL of its own, on a free port and a temporary folder. @throws Error where none is installed */
export async function startPostgres(): Promise<Postgres> {
  const programs = await findPrograms();
  if (!programs) throw new Error("PostgreSQL is not installed: apt-get install postgresql");
  const user = await unprivileged();
  const folder = await mkdtemp(join(tmpdir(), "postgres-"));
  if (user.uid !== undefined) await chown(folder, user.uid, user.gid as number);
  const data = join(folder, "data");
  const options = { ...user, cwd: folder };
  const settings = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync"];
  await run(join(programs, "initdb"), ["-D", data, ...settings], options);
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;

  let server: ReturnType<typeof spawn> | undefined;
  const start = async () => {
    const flags = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder, "-F"];
    server = spawn(join(programs, "postgres"), flags, { ...options, stdio: "ignore" });
    const isReady = join(programs, "pg_isready");
    for (;;) {
      if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode}`);
      const flagsOfReady = ["-q", "-h", "127.0.0.1", "-p", String(port)];
      if (
        await run(isReady, flagsOfReady).then(
          () => true,
          () => false,
        )
      )
        return;
      await new Promise((done) => setTimeout(done, 50));
    }
  };
  const stop: Postgres["stop"] = async (mode = "fast") => {
    if (!server || server.exitCode !== null) return;
    const ended = once(server, "exit");
    server.kill(mode === "fast" ? "SIGINT" : "SIGQUIT");
    await ended;
  };
  const remove = async () => {
    await stop("immediate");
    await rm(folder, { recursive: true, force: true });
  };
  endWithFile(remove);
  await start();
  return {
    url,
    start,
    stop,
    async restart(mode) {
      await stop(mode);
      await start();
    },
    remove,
  };
}
