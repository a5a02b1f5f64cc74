import { randomUUID } from "node:crypto";
import { access, readFile, readlink, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import lockfile from "proper-lockfile";

/** How often a holder renews its lock; one that was not renewed for so long is of a process that is gone. */
const RENEW_MS = 2000;
const STALE_MS = 10_000;
const LOOK_MS = 250;

export interface LockOptions {
  /** Told once where the lock's holder may be gone, and why that takes a while. */
  onWait?: ((message: string) => void) | undefined;
}

/**
 * Keeps a second process, of this machine or of another container on the same folder, from opening an embedded
 * database, which would ruin it. The lock is a folder that its holder touches again and again: process ids mean
 * nothing across containers. What a killed process left is taken over at once where it was of this container, else when
 * it is stale.
 * @returns what lets go of it
 * @throws Error naming the lock and its holder, where that is alive
 */
export async function takeLock(path: string, { onWait }: LockOptions = {}) {
  const about = `${path}.json`;
  const refusal = async (what: string) =>
    new Error(`${path} is held by ${await holderIn(about)}${what}`);
  const started = performance.now();
  let renewed: number | undefined;
  for (;;) {
    const release = await tryLock(path);
    if (release) {
      const holder = {
        ...{ process: process.pid, host: hostname(), container: await containerOf() },
        since: new Date().toISOString(),
      };
      await writeFile(about, `${JSON.stringify(holder)}\n`);
      return async () => {
        await rm(about, { force: true });
        await release();
      };
    }
    if (await clearDead(path, about)) continue;
    const touched = (await stat(path).catch(() => undefined))?.mtimeMs ?? renewed;
    if (renewed === undefined && touched !== undefined) {
      const why = `it may be gone, which shows within ${STALE_MS / 1000} s`;
      onWait?.((await refusal(`: ${why}`)).message);
    } else if (touched !== renewed) {
      throw await refusal(
        ": stop that one, or set HYPERFACE_HOME to another folder or DATABASE_URL to a PostgreSQL that both may use",
      );
    }
    const waited = performance.now() - started;
    if (touched !== undefined && waited > 3 * RENEW_MS && Date.now() - touched < RENEW_MS) {
      throw await refusal(", and is of the future by this clock: delete it if that one is gone");
    }
    renewed = touched;
    await wait(LOOK_MS);
  }
}

/** Undefined where another has it. */
async function tryLock(path: string): Promise<(() => Promise<void>) | undefined> {
  try {
    return await lockfile.lock(path, {
      lockfilePath: path,
      realpath: false,
      stale: STALE_MS,
      update: RENEW_MS,
      onCompromised(cause) {
        // Nothing catches it: a process that goes on would write into another's database.
        throw new Error(`${path} was taken by another process while this one stood still`, {
          cause,
        });
      },
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ELOCKED") return undefined;
    throw error;
  }
}

/** What process ids are of: a start of a machine, and a namespace of it; null where that is not told, as by macOS. */
async function containerOf(): Promise<string | null> {
  try {
    const start = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    return `${start.trim()} ${await readlink("/proc/self/ns/pid")}`;
  } catch {
    return null;
  }
}

/** Removes the lock of a process of this container that is no more: of several who see that, one does. */
async function clearDead(path: string, about: string): Promise<boolean> {
  const said = await readFile(about, "utf8").catch(() => undefined);
  if (said === undefined || !(await isDead(said))) return false;
  const taken = `${about}-${randomUUID()}`;
  const moved = await rename(about, taken).then(
    () => true,
    () => false,
  );
  if (!moved) return false;
  if ((await readFile(taken, "utf8")) !== said) {
    await rename(taken, about);
    return false;
  }
  // One that took it over as stale says so by now.
  await wait(LOOK_MS);
  const isFree = await access(about).then(
    () => false,
    () => true,
  );
  if (isFree) await rm(path, { recursive: true, force: true });
  await rm(taken);
  return isFree;
}

async function isDead(said: string): Promise<boolean> {
  try {
    const { process: id, container } = JSON.parse(said);
    if (container === null || container !== (await containerOf())) return false;
    process.kill(id, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** What the lock's holder wrote of itself. */
async function holderIn(about: string): Promise<string> {
  try {
    const { process: id, host, since } = JSON.parse(await readFile(about, "utf8"));
    return `process ${id} of ${host}, since ${since}`;
  } catch {
    return "an unnamed process";
  }
}
