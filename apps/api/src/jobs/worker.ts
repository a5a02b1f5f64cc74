import { randomBytes } from "node:crypto";
import { because, logFailure } from "@hyperface/contracts";
import { type Told, traced } from "@hyperface/tracing";
import { databaseFailure, explain } from "../db/failures.ts";
import type { Dependencies } from "../dependencies.ts";
import { observeSlice } from "../metrics.ts";
import { advanceDataset } from "../usecases/datasets/advance.ts";
import { advanceGallery } from "../usecases/galleries/advance.ts";
import { advanceLeakageCheck } from "../usecases/leakage-checks/advance.ts";
import { advancePacking } from "../usecases/packings/advance.ts";
import { advanceSweep } from "../usecases/sweeps/advance.ts";
import { claimJob, holdClaim, returnClaims } from "./claim.ts";
import { messageOf } from "./create.ts";
import { collectObjects, collectSoon } from "./objects.ts";
import { recordFailure, recordSlice } from "./record.ts";
import type { JobRow, Slice } from "./slice.ts";

/** How often an idle worker looks for jobs that fell due without anyone saying so. */
const IDLE_MS = 1000;
/** How long a slice that was done waits for its database to be recorded. */
const RECORD_MS = 30_000;
const RECORD_RETRY_MS = 500;
/** Seconds that slices under way have to end before the process does. */
const CLOSING_SECONDS = 5;
const MAX_CLOSING_SECONDS = 25;
const COLLECT_MS = 10 * 60_000;

/** By kind of job: a step from its row and the objects it names; `signal` ends it early. */
export const SLICES: Record<
  JobRow["kind"],
  (deps: Dependencies, job: JobRow, signal: AbortSignal) => Promise<Slice>
> = {
  gallery: advanceGallery,
  packing: advancePacking,
  dataset: advanceDataset,
  "leakage-check": advanceLeakageCheck,
  sweep: advanceSweep,
};

export interface Workers {
  /** Takes no more jobs, lets slices under way end, and gives back what does not. */
  close(): Promise<void>;
}

/** Advances jobs, `count` at a time, and deletes what they leave. */
export function startWorkers(deps: Dependencies, count: number): Workers {
  const closing = new AbortController();
  const abandoning = new AbortController();
  const stop = { closing: closing.signal, abandoning: abandoning.signal };
  const ids = Array.from(
    { length: count },
    () => `${process.pid}-${randomBytes(6).toString("hex")}`,
  );
  const running = ids.map((id) => runWorker(deps, id, stop));
  if (count > 0) collectSoon(deps);
  const collecting = count > 0 ? setInterval(collectSoon, COLLECT_MS, deps) : undefined;
  return {
    async close() {
      clearInterval(collecting);
      closing.abort();
      const seconds = Math.min(deps.sliceSeconds + CLOSING_SECONDS, MAX_CLOSING_SECONDS);
      const timer = setTimeout(() => abandoning.abort(), seconds * 1000);
      await Promise.all(running);
      clearTimeout(timer);
      if (count > 0) await returnClaims(deps.db, ids).catch(() => {});
    },
  };
}

interface Stop {
  closing: AbortSignal;
  abandoning: AbortSignal;
}

async function runWorker(deps: Dependencies, id: string, { closing, abandoning }: Stop) {
  const watch = deps.changes.watch();
  while (!closing.aborted) {
    try {
      const job = await claimJob(deps.db, id);
      if (job) await advanceJob(deps, job, abandoning);
      else await watch.changed(IDLE_MS, closing);
    } catch (err) {
      logFailure(deps.logger, explain(err), { worker: id }, "worker");
      await new Promise((done) => setTimeout(done, IDLE_MS));
    }
  }
  watch.close();
}

/** Advances a claimed job by one slice. What it finds counts only while the claim holds. */
export const advanceJob = (deps: Dependencies, job: JobRow, abandoning: AbortSignal) => {
  const attributes = { ...messageOf("process", job.id), "hyperface.job.kind": job.kind };
  const options = { kind: "consumer", attributes, from: job.trace } as const;
  return traced("process jobs", options, (span) => advance(deps, job, { abandoning, span }));
};

async function advance(
  deps: Dependencies,
  job: JobRow,
  { abandoning, span }: { abandoning: AbortSignal; span: Told },
) {
  const { db, logger } = deps;
  const { id: jobId, kind } = job;
  const claim = holdClaim(deps, job);
  const signal = AbortSignal.any([claim.signal, abandoning]);
  const started = performance.now();
  const requestId = `${jobId}-${job.version}`;
  try {
    const slice = await because({ requestId, jobId }, () => SLICES[kind](deps, job, signal));
    const taken = await persist(deps, jobId, () => recordSlice(db, job, slice));
    const ms = Math.round(performance.now() - started);
    observeSlice(kind, taken ? "taken" : "late", ms / 1000);
    logger.info({ jobId, kind, completed: slice.completed, ms, taken }, "slice");
    await collectObjects(deps, jobId);
  } catch (err) {
    if (signal.aborted) {
      logger.info({ jobId, kind }, "slice let go");
      return;
    }
    const outcome = await persist(deps, jobId, () => recordFailure(db, job, err));
    observeSlice(kind, outcome, (performance.now() - started) / 1000);
    span.failed(outcome);
    logFailure(logger, explain(err), { requestId, jobId, kind, outcome }, "slice failed");
    if (outcome === "failed") collectSoon(deps);
  } finally {
    await claim.release();
  }
}

/** Writes what a slice came to, even if its database is away for a while. */
async function persist<T>(
  { logger }: Dependencies,
  jobId: string,
  write: () => Promise<T>,
): Promise<T> {
  const end = performance.now() + RECORD_MS;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      const failure = databaseFailure(error);
      if (!failure || performance.now() > end) throw error;
      logFailure(logger, failure, { jobId }, "slice not recorded yet");
      await new Promise((done) => setTimeout(done, RECORD_RETRY_MS));
    }
  }
}
