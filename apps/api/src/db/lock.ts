import { readFile, rm, stat, writeFile } from "node:fs/promises";
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
 * nothing across containers. What a killed process left is taken over when it is stale.
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
      const holder = { process: process.pid, host: hostname(), since: new Date().toISOString() };
      await writeFile(about, `${JSON.stringify(holder)}\n`);
      return async () => {
        await rm(about, { force: true });
        await release();
      };
    }
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

/** What the lock's holder wrote of itself. */
async function holderIn(about: string): Promise<string> {
  try {
    const { process: id, host, since } = JSON.parse(await readFile(about, "utf8"));
    return `process ${id} of ${host}, since ${since}`;
  } catch {
    return "an unnamed process";
  }
}
