import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { takeLock } from "./lock.ts";

const folders: string[] = [];
/** A lock of a test's own: they mostly wait, and do so beside each other. */
const newPath = async () => {
  const folder = await mkdtemp(join(tmpdir(), "lock-"));
  folders.push(folder);
  return join(folder, "lock");
};
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** A process that has the lock: in a namespace of its own, as a container is, where `alone` says so. */
async function startHolder(path: string, alone = false) {
  const code = `import { register } from "tsx/esm/api"; register();
    const { takeLock } = await import(${JSON.stringify(new URL("./lock.ts", import.meta.url).href)});
    await takeLock(${JSON.stringify(path)});
    console.log(process.pid);
    setInterval(() => {}, 1000);`;
  const node = [process.execPath, "--input-type=module", "-e", code];
  const command = alone ? ["unshare", "--pid", "--fork", "--kill-child", ...node] : node;
  const child = spawn(command[0] as string, command.slice(1), {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = await once(child.stdout, "data");
  return { child, pid: Number(said) };
}
const kill = async ({ child }: Awaited<ReturnType<typeof startHolder>>) => {
  child.kill("SIGKILL");
  await once(child, "exit");
};
const age = async (path: string, seconds: number) => {
  const then = new Date(Date.now() - seconds * 1000);
  await utimes(path, then, then);
};

test.concurrent("a living holder is named, and the lock taken when it is let go", async () => {
  const path = await newPath();
  const release = await takeLock(path);
  await expect(takeLock(path)).rejects.toThrow(
    `${path} is held by process ${process.pid} of ${hostname()}, since 2`,
  );
  await release();
  await expect(access(path)).rejects.toThrow();
  await expect(access(`${path}.json`)).rejects.toThrow();
  await (await takeLock(path))();
});

/** As if the lock's holder were of another container. */
const moveElsewhere = async (path: string) => {
  const holder = JSON.parse(await readFile(`${path}.json`, "utf8"));
  await writeFile(`${path}.json`, JSON.stringify({ ...holder, container: "another" }));
};

test
  .skipIf(process.platform !== "linux")
  .concurrent(
    "what a killed process of this container left is taken over at once, by one",
    async () => {
      const path = await newPath();
      await kill(await startHolder(path));
      const told: string[] = [];
      const take = () => takeLock(path, { onWait: (message) => told.push(message) });
      const takes = await Promise.allSettled([take(), take(), take()]);
      const taken = takes.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
      expect(taken).toHaveLength(1);
      await expect(take()).rejects.toThrow(`process ${process.pid} of`);
      await taken[0]?.();
    },
  );

test.concurrent("what a killed process left is told of and taken over when it is stale", async ({
  expect,
}) => {
  const path = await newPath();
  const holder = await startHolder(path);
  await expect(takeLock(path)).rejects.toThrow(`process ${holder.pid} of`);
  await kill(holder);
  await moveElsewhere(path);
  const told: string[] = [];
  const taking = takeLock(path, { onWait: (message) => told.push(message) });
  await expect.poll(() => told).toHaveLength(1);
  expect(told[0]).toContain(`${path} is held by process ${holder.pid}`);
  // Seconds later.
  await age(path, 11);
  await (await taking)();
});

test.concurrent("a lock of the future does not block for ever", async () => {
  const path = await newPath();
  const holder = await startHolder(path);
  await kill(holder);
  await moveElsewhere(path);
  await age(path, -3600);
  await expect(takeLock(path)).rejects.toThrow("delete it if that one is gone");
}, 60_000);

const canUnshare = await new Promise((resolve) => {
  const child = spawn("unshare", ["--pid", "--fork", "true"], { stdio: "ignore" });
  child.on("error", () => resolve(false)).on("exit", (code) => resolve(code === 0));
});

test.skipIf(!canUnshare).concurrent("two containers, each with its own process 1", async () => {
  const path = await newPath();
  const holder = await startHolder(path, true);
  try {
    expect(holder.pid).toBe(1);
    const other = spawn(
      "unshare",
      [
        "--pid",
        "--fork",
        process.execPath,
        "--import",
        "tsx",
        "--input-type=module",
        "-e",
        `const { takeLock } = await import(${JSON.stringify(new URL("./lock.ts", import.meta.url).href)}); await takeLock(${JSON.stringify(path)})`,
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    let said = "";
    other.stderr.on("data", (text) => (said += text));
    const [code] = await once(other, "exit");
    expect(code).toBe(1);
    expect(said).toContain(`${path} is held by process 1 of`);
    expect((await stat(path)).isDirectory()).toBe(true);
  } finally {
    await kill(holder);
  }
});
