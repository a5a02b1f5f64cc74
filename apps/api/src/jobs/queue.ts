import { inArray } from "drizzle-orm";
import PgBoss from "pg-boss";
import type { Database, OpenDatabase } from "../db/database.ts";
import { jobs } from "../db/schema.ts";
import { UNFINISHED } from "./finish.ts";

const QUEUE = "advance-job";
/** Seconds after which a worker that fell silent is taken for dead, beyond its slice. */
const SILENCE_SECONDS = 300;
/** Seconds that slices under way have to end before the process does. */
const CLOSING_SECONDS = 5;

/** Messages that say "advance this job by a slice"; all else about a job is in its row. */
export interface JobQueue {
  enqueue(jobId: string, afterSeconds?: number): Promise<void>;
  /** Calls `advance` for each message, `workers` at a time, until `close`. */
  work(
    workers: number,
    advance: (jobId: string, messageId: string) => Promise<void>,
  ): Promise<void>;
  close(): Promise<void>;
}

export async function openQueue(
  database: OpenDatabase,
  { sliceSeconds, onError }: { sliceSeconds: number; onError: (error: Error) => void },
): Promise<JobQueue> {
  const boss = new PgBoss({
    ...database.queue,
    supervise: true,
    schedule: false,
    maintenanceIntervalSeconds: 30,
  });
  boss.on("error", onError);
  await boss.start();
  // Short: a job has one waiting message at most, however often it is asked for.
  await boss.createQueue(QUEUE, { name: QUEUE, policy: "short" });
  const workerIds: string[] = [];
  let closing = false;
  let abandon = () => {};
  const abandoned = new Promise<never>((_, reject) => {
    abandon = () => reject(new Error("the worker is shutting down"));
  });
  abandoned.catch(() => {});

  const enqueue: JobQueue["enqueue"] = async (jobId, afterSeconds = 0) => {
    await boss.send(
      QUEUE,
      { jobId },
      {
        singletonKey: jobId,
        startAfter: afterSeconds,
        expireInSeconds: Math.ceil(sliceSeconds) + SILENCE_SECONDS,
        retryLimit: 1000,
        retryDelay: 0,
      },
    );
    // A queue looks for messages twice a second: too seldom between two slices.
    if (afterSeconds === 0 && !closing) for (const id of workerIds) boss.notifyWorker(id);
  };
  if (database.embedded) await takeUpCutOff(boss, database.db, enqueue);

  return {
    enqueue,
    async work(workers, advance) {
      for (let k = 0; k < workers; k++) {
        const id = await boss.work<{ jobId: string }>(
          QUEUE,
          { pollingIntervalSeconds: 0.5, batchSize: 1 },
          async ([message]) => {
            if (!message) return;
            // A slice left behind does not lose its message: it is taken up at the next start.
            await Promise.race([advance(message.data.jobId, message.id), abandoned]);
          },
        );
        workerIds.push(id);
      }
    },
    async close() {
      closing = true;
      const timer = setTimeout(abandon, (sliceSeconds + CLOSING_SECONDS) * 1000);
      await boss.stop({ graceful: true, wait: true, timeout: 60_000 });
      clearTimeout(timer);
    },
  };
}

/**
 * What a killed process left goes on at once, not when its messages expire: those it held are given
 * back, and a job that it had no time to send a message for gets one.
 */
async function takeUpCutOff(boss: PgBoss, db: Database, enqueue: JobQueue["enqueue"]) {
  const left = await db
    .select()
    .from(jobs)
    .where(inArray(jobs.status, [...UNFINISHED]));
  for (const { id, messageId } of left) {
    if (messageId) await boss.fail(QUEUE, messageId);
    await enqueue(id);
  }
}
