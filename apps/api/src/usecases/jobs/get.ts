import { HyperFaceError, type Job, type JobEvent, type ListQuery } from "@hyperface/contracts";
import { and, asc, eq, gt } from "drizzle-orm";
import { listRows } from "../../db/pages.ts";
import { jobEvents, jobs } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { finishJob } from "../../jobs/worker.ts";

type WithDatabase = Pick<Dependencies, "db">;

const present = (row: typeof jobs.$inferSelect): Job => {
  const { id, kind, resourceId, status, completed, total, error } = row;
  return {
    id,
    kind,
    resourceId,
    status,
    completed,
    total,
    error,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
};

/** @throws HyperFaceError `not-found` */
export async function findJob({ db }: WithDatabase, id: string): Promise<Job> {
  const [row] = await db.select().from(jobs).where(eq(jobs.id, id));
  if (row) return present(row);
  throw new HyperFaceError("not-found", `there is no job ${id}: see GET /v1/jobs`);
}

export const listJobs = ({ db }: WithDatabase, query: ListQuery) =>
  listRows(db, jobs, query, present);

/** Cancels a job that has not ended; one that has is left as it is. @throws HyperFaceError `not-found` */
export async function cancelJob({ db }: WithDatabase, id: string): Promise<Job> {
  const job = await findJob({ db }, id);
  await db.transaction((transaction) => finishJob(transaction, job, "cancelled"));
  return findJob({ db }, id);
}

/** Events after `sequence`, in order. */
export async function listEvents({ db }: WithDatabase, jobId: string, sequence: number) {
  const rows = await db
    .select()
    .from(jobEvents)
    .where(and(eq(jobEvents.jobId, jobId), gt(jobEvents.sequence, sequence)))
    .orderBy(asc(jobEvents.sequence));
  return rows.map((row) => ({ ...row.data, sequence: row.sequence }) as JobEvent);
}

const isOver = ({ status }: Job) => status !== "queued" && status !== "running";

/** The job when it has ended, or as it is after `seconds`. */
export async function awaitJob(deps: WithDatabase, id: string, seconds: number): Promise<Job> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const job = await findJob(deps, id);
    if (isOver(job) || performance.now() >= end) return job;
    await new Promise((done) => setTimeout(done, 100));
  }
}
