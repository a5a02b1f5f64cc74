import { SECONDS_BUCKETS } from "@hyperface/contracts";
import type { ObjectStore } from "@hyperface/storage";
import { isTraced, traced } from "@hyperface/tracing";
import { asc, inArray, sql } from "drizzle-orm";
import { Gauge, Histogram } from "prom-client";
import type { Database } from "./db/database.ts";
import { jobs } from "./db/schema.ts";
import { RESOURCES } from "./jobs/finish.ts";
import { type JobRow, UNFINISHED } from "./jobs/slice.ts";

const sliceSeconds = new Histogram({
  name: "job_slice_seconds",
  help: "Time of a job's slice, by what became of it.",
  labelNames: ["kind", "outcome"],
  buckets: SECONDS_BUCKETS,
});
const callSeconds = new Histogram({
  name: "service_call_seconds",
  help: "Time until a service began its answer.",
  labelNames: ["to", "status"],
  buckets: SECONDS_BUCKETS,
});
const storeSeconds = new Histogram({
  name: "object_store_seconds",
  help: "Time of an operation on the object store.",
  labelNames: ["operation"],
  buckets: SECONDS_BUCKETS,
});

/** Databases whose jobs a scrape counts: one, but in tests. */
const databases = new Set<Database>();
let counting: Promise<void> | undefined;
/** Sets every gauge below, once a scrape. */
function collect(): Promise<void> {
  counting ??= Promise.all([...databases].map(countJobs)).then(() => {
    counting = undefined;
  });
  return counting;
}

const roundTrip = new Gauge({
  name: "database_round_trip_seconds",
  help: "Time of one query, at the time of the scrape.",
  collect,
});
const unfinished = new Gauge({
  name: "jobs_unfinished",
  help: "Jobs that have not ended, in the whole installation.",
  labelNames: ["kind", "status"],
  collect,
});
const oldest = new Gauge({
  name: "jobs_oldest_due_seconds",
  help: "How long the job that is due longest has waited for a worker.",
  labelNames: ["kind"],
  collect,
});
const progress = new Gauge({
  name: "job_progress_ratio",
  help: "Share of a running job that is done.",
  labelNames: ["kind", "job"],
  collect,
});

/** Counts a database's jobs at every scrape, until the function that it returns is called. */
export function observeJobs(db: Database): () => void {
  databases.add(db);
  return () => databases.delete(db);
}

export const observeSlice = (kind: JobRow["kind"], outcome: string, seconds: number) =>
  sliceSeconds.observe({ kind, outcome }, seconds);

/** @param status of the answer; "none" where there was none */
export const observeCall = (to: string, status: number | "none", seconds: number) =>
  callSeconds.observe({ to, status: `${status}` }, seconds);

const TIMED = ["put", "putIfAbsent", "putStream", "get", "getRange", "size", "delete"] as const;

/** A store whose operations are measured, and spans of what is under way. */
export function observeStore(store: ObjectStore): ObjectStore {
  const timed = TIMED.map((operation) => {
    const run = store[operation] as (...given: unknown[]) => Promise<unknown>;
    return [
      operation,
      async (...given: unknown[]) => {
        const end = storeSeconds.startTimer({ operation });
        const work = () => run(...given).finally(end);
        if (!isTraced()) return work();
        const attributes = { "hyperface.object.key": given[0] as string };
        return traced(`store ${operation}`, { kind: "client", attributes }, work);
      },
    ];
  });
  return { ...store, ...Object.fromEntries(timed) };
}

async function countJobs(db: Database): Promise<void> {
  for (const gauge of [roundTrip, unfinished, oldest, progress]) gauge.reset();
  const { id, kind, status, completed, total, parentId } = jobs;
  const due = sql<boolean>`${jobs.claimedBy} is null`;
  const waited = sql`extract(epoch from now() - ${jobs.dueAt})`.mapWith(Number);
  const started = performance.now();
  try {
    const rows = await db
      .select({ id, kind, status, completed, total, parentId, due, waited })
      .from(jobs)
      .where(inArray(status, [...UNFINISHED]))
      .orderBy(asc(jobs.dueAt));
    roundTrip.set((performance.now() - started) / 1000);
    for (const kind of Object.keys(RESOURCES)) {
      oldest.set({ kind }, 0);
      for (const state of UNFINISHED) unfinished.set({ kind, status: state }, 0);
    }
    const told = new Set<string>();
    for (const job of rows) {
      unfinished.inc({ kind: job.kind, status: job.status });
      if (job.status === "running" && job.parentId === null) {
        progress.set({ kind: job.kind, job: job.id }, job.completed / job.total);
      }
      if (!job.due || told.has(job.kind)) continue;
      told.add(job.kind);
      oldest.set({ kind: job.kind }, Math.max(0, job.waited));
    }
  } catch {
    // The database is away: what is not known is not told.
  }
}
