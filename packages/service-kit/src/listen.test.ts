import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as later } from "node:timers/promises";
import { expect, test } from "vitest";
import { CommonEnvironment, readEnvironment } from "./environment.ts";
import { clientSignal } from "./leaving.ts";
import { listen } from "./listen.ts";
import { createLogger } from "./logger.ts";
import { createService } from "./service.ts";

test("a service listens on this machine alone unless it is told otherwise, and keeps connections", async () => {
  const { HOST: hostname } = readEnvironment(CommonEnvironment, {});
  const listening = await listen({ fetch: () => new Response("here") }, { port: 0, hostname });
  const { port } = new URL(listening.url);
  const answer = await fetch(listening.url);
  expect(await answer.text()).toBe("here");
  // Longer than clients and proxies keep theirs.
  expect(answer.headers.get("keep-alive")).toBe("timeout=65");
  // Another address of the same machine: whatever listens on all of them answers here too.
  await expect(fetch(`http://127.0.0.2:${port}`)).rejects.toThrow();
  await listening.close();
});

test("a server that ends lets what is short end, and refuses what works on for longer", async () => {
  const app = createService({
    ...{ name: "test-svc", title: "", description: "", version: "1" },
    logger: createLogger("test-svc", "silent"),
  });
  app.get("/short", async (c) => c.text(await later(200, "done")));
  app.get("/endless", async (c) => {
    const signal = clientSignal(c);
    await later(2 ** 30, undefined, { signal }).catch(() => signal.throwIfAborted());
    return c.text("never");
  });
  const listening = await listen(app, { port: 0 });
  const asked = ["short", "endless"].map((path) => fetch(`${listening.url}/${path}`));
  await later(100);
  await listening.close();
  const [short, endless] = (await Promise.all(asked)) as [Response, Response];
  expect(await short.text()).toBe("done");
  expect([endless.status, endless.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(await endless.json()).toMatchObject({ detail: expect.stringContaining("shutting down") });
});

test("a second signal ends a process that is still closing, as its own", async () => {
  const url = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const program = `
    import { closeOnSignals } from ${url("./listen.ts")};
    import { createLogger } from ${url("./logger.ts")};
    closeOnSignals({ url: "", close: () => new Promise(() => {}) }, createLogger("test", "info"));
    setInterval(() => {}, 1000);
    console.log("ready");
  `;
  const options = ["--import", "tsx", "--input-type=module", "--eval", program];
  const child = spawn(process.execPath, options, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  await once(child.stdout, "data");
  child.kill("SIGTERM");
  await once(child.stderr, "data");
  expect(child.exitCode).toBeNull();
  child.kill("SIGINT");
  expect(await ended).toEqual([null, "SIGINT"]);
});
