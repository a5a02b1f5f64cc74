import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lockFile } from "./lock.ts";

test("a lock is held against the living, and taken from the dead", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lock-"));
  const path = join(folder, "lock");
  const other = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"]);
  await once(other, "spawn");
  await writeFile(path, String(other.pid));
  await expect(lockFile(path)).rejects.toThrow(`process ${other.pid} has it open`);
  other.kill("SIGKILL");
  await once(other, "exit");
  const release = await lockFile(path);
  await release();
  await (await lockFile(path))();
  await rm(folder, { recursive: true });
});
