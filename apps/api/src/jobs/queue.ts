import { eq } from "drizzle-orm";
import PgBoss from "pg-boss";
import type { Database, OpenDatabase } from "../db/database.ts";
import { jobs } from "../db/schema.ts";

const QUEUE = "advance-job";
/** Seconds within which a worker that fell silent is taken for dead, beyond its slice. */
const GRACE_SECONDS = 120;

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
  await boss.createQueue(QUEUE);
  if (database.embedded) await releaseCutOff(boss, database.db);
  const workerIds: string[] = [];
  let closing = false;

  return {
    async enqueue(jobId, afterSeconds = 0) {
      await boss.send(
        QUEUE,
        { jobId },
        {
          startAfter: afterSeconds,
          expireInSeconds: Math.ceil(sliceSeconds) + GRACE_SECONDS,
          retryLimit: 1000,
          retryDelay: 0,
        },
      );
      // A queue looks for messages twice a second: too seldom between two slices.
      if (afterSeconds === 0 && !closing) for (const id of workerIds) boss.notifyWorker(id);
    },
    async work(workers, advance) {
      for (let k = 0; k < workers; k++) {
        const id = await boss.work<{ jobId: string }>(
          QUEUE,
          { pollingIntervalSeconds: 0.5, batchSize: 1 },
          async ([message]) => {
            if (message) await advance(message.data.jobId, message.id);
          },
        );
        workerIds.push(id);
      }
    },
    async close() {
      closing = true;
      await boss.stop({ graceful: true, wait: true, timeout: 30_000 });
    },
  };
}

/** Messages that a killed process held go back to the queue at once, not when they expire. */
async function releaseCutOff(boss: PgBoss, db: Database): Promise<void> {
  const running = await db.select().from(jobs).where(eq(jobs.status, "running"));
  for (const { messageId } of running) if (messageId) await boss.fail(QUEUE, messageId);
}
