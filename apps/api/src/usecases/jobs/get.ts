import { HyperFaceError, type Job } from "@hyperface/contracts";
import { and, eq, isNull } from "drizzle-orm";
import { jobs } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { priorityOf } from "../../jobs/create.ts";

export type WithDatabase = Pick<Dependencies, "db">;

export const presentJob = (row: typeof jobs.$inferSelect): Job => {
  const { id, kind, resourceId, status, completed, total, error, waiting, priority } = row;
  return {
    id,
    kind,
    resourceId,
    status,
    priority: priorityOf(priority),
    completed,
    total,
    error,
    waiting,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
};

/** Whether there is such a job: it may have been deleted. */
export async function isJob({ db }: WithDatabase, id: string): Promise<boolean> {
  return (await db.select({ id: jobs.id }).from(jobs).where(eq(jobs.id, id))).length > 0;
}

/** @throws HyperFaceError `not-found` */
export async function findJob({ db }: WithDatabase, id: string): Promise<Job> {
  const [row] = await db
    .select()
    .from(jobs)
    .where(and(eq(jobs.id, id), isNull(jobs.parentId)));
  if (row) return presentJob(row);
  throw new HyperFaceError("not-found", `there is no job ${id}: see GET /v1/jobs`);
}
