import type { OpenDatabase } from "../db/database.ts";
import { JOBS_CHANNEL } from "./events.ts";

/** Tells who waits that a job changed, without anyone asking the database in turns. */
export interface Changes {
  /** Changes of one job, or of any. Those after this call are not missed. */
  watch(jobId?: string): Watch;
  /** Says that a job changed; that any may have where none is named. */
  tell(jobId?: string): void;
}

export interface Watch {
  /** Resolves at once where something changed since the last call, else when it does, or after `ms`. */
  changed(ms: number, signal?: AbortSignal): Promise<void>;
  close(): void;
}

/**
 * Changes of a database's jobs, whichever process makes them.
 * @param forget called first: what is remembered may have changed with the job
 */
export async function followChanges(
  database: Pick<OpenDatabase, "listen">,
  forget: () => void,
): Promise<Changes> {
  const changes = createChanges();
  await database.listen(JOBS_CHANNEL, (jobId) => {
    forget();
    changes.tell(jobId);
  });
  return changes;
}

export function createChanges(): Changes {
  const watches = new Map<string | undefined, Set<() => void>>();
  const wake = (of: string | undefined) => {
    for (const notice of watches.get(of) ?? []) notice();
  };
  return {
    tell(jobId) {
      if (jobId === undefined) for (const each of watches.keys()) wake(each);
      else for (const each of [jobId, undefined]) wake(each);
    },
    watch(jobId) {
      let seen = true;
      let resume = () => {};
      const notice = () => {
        seen = false;
        resume();
      };
      const all = watches.get(jobId) ?? new Set();
      watches.set(jobId, all.add(notice));
      return {
        async changed(ms, signal) {
          if (seen && !signal?.aborted) {
            await new Promise<void>((done) => {
              const timer = setTimeout(done, ms);
              resume = () => {
                clearTimeout(timer);
                done();
              };
              signal?.addEventListener("abort", resume, { once: true });
            });
            signal?.removeEventListener("abort", resume);
          }
          seen = true;
        },
        close() {
          all.delete(notice);
          if (all.size === 0 && watches.get(jobId) === all) watches.delete(jobId);
        },
      };
    },
  };
}
