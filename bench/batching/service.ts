import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../../test/ports.ts";

/** A model service as a process of its own, once its models are loaded. */
export async function startModelService(name: "embed-svc" | "generate-svc") {
  const home = await mkdtemp(join(tmpdir(), "hyperface-bench-"));
  const port = await freePort();
  const child = spawn(
    process.execPath,
    ["--max-semi-space-size=4", "--import", "tsx", `apps/${name}/src/server.ts`],
    {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      env: {
        ...process.env,
        ...{ HYPERFACE_HOME: home, LOG_LEVEL: "warn", HOST: "127.0.0.1", PORT: String(port) },
        // What is measured is how fast, not how long anybody would wait.
        ...{ EMBED_WAIT_SECONDS: "600", GENERATE_WAIT_SECONDS: "600" },
      },
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  const ended = once(child, "exit");
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(home, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  while (!(await fetch(`${url}/health/ready`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    await setTimeout(200);
  }
  return { url, stop };
}
