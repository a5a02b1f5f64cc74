import { readFile, rm, writeFile } from "node:fs/promises";

/**
 * Keeps a second process of this machine from opening an embedded database, which would ruin it. A
 * lock whose process is gone is taken over.
 * @returns what lets go of it
 * @throws Error naming the process that has it
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const holder = Number(await readFile(path, "utf8").catch(() => "0"));
  if (holder > 0 && holder !== process.pid && isRunning(holder)) {
    throw new Error(
      `process ${holder} has it open: stop that one, or set HYPERFACE_HOME to another folder or DATABASE_URL to a PostgreSQL that both may use`,
    );
  }
  await rm(path, { force: true });
  await writeFile(path, String(process.pid), { flag: "wx" });
  return () => rm(path, { force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
