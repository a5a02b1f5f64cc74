import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createHyperFace, type HyperFace } from "@hyperface/sdk";
import { placeDatabase } from "../apps/api/src/test-database.ts";
import { endWithFile } from "./leftovers.ts";
import { freePort } from "./ports.ts";
import { type Postgres, startPostgres } from "./postgres.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
/** Keeps what every run of the tests would make again, such as prepared models. */
export const preparedHome = join(root, "node_modules/.cache");

export interface System {
  url: string;
  /** Of each process, the gateway's first. */
  processes: readonly string[];
  hyperface: HyperFace;
  /** Ends every process, as a crash does where `signal` is SIGKILL. @returns their exit codes, null where a signal did */
  stop(signal?: NodeJS.Signals): Promise<(number | null)[]>;
}

/** Where global-setup.ts has put the servers' programs; undefined without it, as in a benchmark. */
const bundles = process.env.HYPERFACE_TEST_SERVERS;

/** The whole suite runs on a real PostgreSQL instead where HYPERFACE_TEST_DATABASE is "postgres". */
const onPostgres = process.env.HYPERFACE_TEST_DATABASE === "postgres";
/** A home's database lives as long as the home: processes on it come and go. */
const databases = new Map<string, Postgres>();

/** @param empty without even a database: what a first start finds */
export const temporaryHome = async ({ empty = false } = {}) => {
  const home = await mkdtemp(join(tmpdir(), "hyperface-"));
  if (bundles) await cp(join(preparedHome, "models"), join(home, "models"), { recursive: true });
  if (onPostgres) databases.set(home, await startPostgres());
  else if (!empty) await placeDatabase(home);
  const remove = async () => {
    await databases.get(home)?.remove();
    await rm(home, { recursive: true, force: true });
  };
  endWithFile(remove);
  return { home, remove };
};

const variablesOf = (home: string): Record<string, string> => {
  const database = databases.get(home);
  return { HYPERFACE_HOME: home, ...(database ? { DATABASE_URL: database.url } : {}) };
};

type ServerName = "all" | "api" | "embed-svc" | "optimizer-svc" | "generate-svc";

/** A service alone, as a process of its own; again on the same port where `PORT` says so. */
export const startService = async (
  name: Exclude<ServerName, "all">,
  home: string,
  variables: Record<string, string> = {},
  options: readonly string[] = [],
): Promise<System> => {
  const { url, stop } = await startProcess(name, { ...variablesOf(home), ...variables }, options);
  return asSystem(url, stop);
};

/** As `npm start` and the containers have it. */
const YOUNG = "--max-semi-space-size=4";

/** A real process of the repository, once it answers. */
async function startProcess(
  name: ServerName,
  variables: Record<string, string>,
  options: readonly string[] = [],
) {
  const port = variables.PORT ?? (await freePort());
  const program = bundles
    ? [join(bundles, `${name}.js`)]
    : ["--import", "tsx", `apps/${name}/src/server.ts`];
  const child: ChildProcess = spawn(process.execPath, [YOUNG, ...program, ...options], {
    cwd: root,
    env: { ...process.env, LOG_LEVEL: "warn", HOST: "127.0.0.1", PORT: String(port), ...variables },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    }
    return [child.exitCode];
  };
  endWithFile(() => stop("SIGKILL"));
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    const end = child.exitCode ?? child.signalCode;
    if (end !== null) throw new Error(`${name} ended with ${end}`);
    const answer = await fetch(`${url}/health/live`).catch(() => undefined);
    if (answer?.ok) break;
    await new Promise((done) => setTimeout(done, 50));
  }
  return { url, pid: child.pid as number, stop };
}

const asSystem = (url: string, stop: System["stop"], others: readonly string[] = []): System => ({
  url,
  processes: [url, ...others],
  hyperface: createHyperFace({ baseUrl: url, retries: 0 }),
  stop,
});

/** All four services in one process: `npm start`. */
export async function startOne(home: string, variables: Record<string, string> = {}) {
  const server = await startProcess("all", {
    ...variablesOf(home),
    ...variables,
  });
  return { ...asSystem(server.url, server.stop), pid: server.pid };
}

/** Each service a process on a port of its own, as in deploy/compose.yaml. */
export async function startFour(home: string): Promise<System> {
  const common = variablesOf(home);
  const [embed, optimizer, generate] = await Promise.all(
    (["embed-svc", "optimizer-svc", "generate-svc"] as const).map((name) =>
      startProcess(name, common),
    ),
  );
  const api = await startProcess("api", {
    ...common,
    EMBED_URL: embed?.url ?? "",
    OPTIMIZER_URL: optimizer?.url ?? "",
    GENERATE_URL: generate?.url ?? "",
  });
  const services = [embed, optimizer, generate];
  const stop: System["stop"] = async (signal) => {
    const code = await api.stop(signal);
    return [
      code,
      ...(await Promise.all(services.map((service) => service?.stop(signal) ?? []))),
    ].flat();
  };
  return asSystem(
    api.url,
    stop,
    services.map((service) => service?.url ?? ""),
  );
}
