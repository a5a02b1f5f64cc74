import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createHyperFace, type HyperFace } from "@hyperface/sdk";

const root = fileURLToPath(new URL("../", import.meta.url));

export interface System {
  url: string;
  hyperface: HyperFace;
  /** Ends every process, as a crash does where `signal` is SIGKILL. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export const temporaryHome = async () => {
  const home = await mkdtemp(join(tmpdir(), "hyperface-"));
  return { home, remove: () => rm(home, { recursive: true, force: true }) };
};

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** A real process of the repository, once it answers. */
async function startProcess(file: string, variables: Record<string, string>) {
  const port = await freePort();
  const child: ChildProcess = spawn(process.execPath, ["--import", "tsx", file], {
    cwd: root,
    env: { ...process.env, LOG_LEVEL: "warn", HOST: "127.0.0.1", PORT: String(port), ...variables },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode}`);
    const answer = await fetch(`${url}/health/live`).catch(() => undefined);
    if (answer?.ok) break;
    await new Promise((done) => setTimeout(done, 50));
  }
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  };
  return { url, stop };
}

const asSystem = (url: string, stop: System["stop"]): System => ({
  url,
  hyperface: createHyperFace({ baseUrl: url }),
  stop,
});

/** All four services in one process: `npm start`. */
export async function startOne(home: string, variables: Record<string, string> = {}) {
  const server = await startProcess("apps/api/src/all.ts", { HYPERFACE_HOME: home, ...variables });
  return asSystem(server.url, server.stop);
}

/** Each service a process on a port of its own, as in deploy/compose.yaml. */
export async function startFour(home: string): Promise<System> {
  const common = { HYPERFACE_HOME: home };
  const [embed, optimizer, generate] = await Promise.all(
    ["embed-svc", "optimizer-svc", "generate-svc"].map((name) =>
      startProcess(`apps/${name}/src/server.ts`, common),
    ),
  );
  const api = await startProcess("apps/api/src/server.ts", {
    ...common,
    EMBED_URL: embed?.url ?? "",
    OPTIMIZER_URL: optimizer?.url ?? "",
    GENERATE_URL: generate?.url ?? "",
  });
  return asSystem(api.url, async (signal) => {
    await api.stop(signal);
    await Promise.all([embed, optimizer, generate].map((service) => service?.stop(signal)));
  });
}
