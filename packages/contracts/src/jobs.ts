import { z } from "@hono/zod-openapi";
import { JobId } from "./ids.ts";
import { PackingMetrics, PackingPoint } from "./packing-progress.ts";
import { text } from "./text.ts";
import { ArithmeticHistory, orNull } from "./values.ts";

export const JobStatus = z.enum(["queued", "running", "succeeded", "failed", "cancelled"]);
export type JobStatus = z.infer<typeof JobStatus>;

export const JobKind = z.enum(["gallery", "packing", "dataset", "leakage-check", "sweep"]);
export type JobKind = z.infer<typeof JobKind>;

/** Which of two due jobs is taken first. */
export const JOB_PRIORITIES = ["low", "normal", "high"] as const;
export const JobPriority = z.enum(JOB_PRIORITIES).openapi("JobPriority", {
  description:
    "Of jobs that wait for a worker, those of higher priority come first. A step is worth a minute of waiting: what is low comes too, less often.",
});
export type JobPriority = z.infer<typeof JobPriority>;

/** Why a job failed, as a problem's type and detail say it. */
export const JobError = z.object({ type: z.string(), detail: z.string() }).openapi("JobError");
export type JobError = z.infer<typeof JobError>;

/** A service that a job's next slice needs and that cannot be reached; the job goes on when it can. */
export const JobWaiting = z
  .object({
    service: z.string(),
    since: z.iso.datetime(),
    reason: z.string().optional().openapi({ description: "What it said." }),
  })
  .openapi("JobWaiting", {
    example: {
      service: "optimizer-svc",
      since: "2026-11-25T04:37:00Z",
      reason: "optimizer-svc cannot be reached: try again",
    },
  });
export type JobWaiting = z.infer<typeof JobWaiting>;

export const Job = z
  .object({
    id: JobId,
    kind: JobKind,
    resourceId: z.string().openapi({
      description: "What it makes: a gallery, a packing, a dataset, a leakage check or a sweep.",
    }),
    status: JobStatus,
    priority: JobPriority,
    completed: z.int().openapi({
      description:
        "Faces found or photographs looked at, iterations done or seconds of a budget used, samples done, tiles compared, or cells ended.",
    }),
    total: z.int(),
    error: orNull(JobError),
    waiting: orNull(JobWaiting).openapi({ description: "What an unfinished job waits for." }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .openapi("Job");
export type Job = z.infer<typeof Job>;

/** What an event of a job tells; `sequence` is its SSE id. */
export const JobEvent = z
  .discriminatedUnion("type", [
    z.object({
      type: z.literal("progress"),
      sequence: z.int(),
      completed: z.int(),
      total: z.int(),
      metrics: PackingMetrics.optional(),
      history: z.array(PackingPoint).optional(),
      arithmetic: ArithmeticHistory.optional().openapi({
        description: "Where this step was of another process's arithmetic than the last.",
      }),
      images: z.object({ made: z.int(), missing: z.int(), attempts: z.int() }).optional(),
    }),
    z.object({
      type: z.literal("waiting"),
      sequence: z.int(),
      ...JobWaiting.shape,
    }),
    z.object({
      type: z.literal("retried"),
      sequence: z.int(),
      error: orNull(JobError).openapi({ description: "Why it had failed." }),
    }),
    z.object({
      type: z.literal("finished"),
      sequence: z.int(),
      status: JobStatus,
      error: orNull(JobError),
    }),
  ])
  .openapi("JobEvent");
export type JobEvent = z.infer<typeof JobEvent>;

type Unnumbered<E> = E extends unknown ? Omit<E, "sequence"> : never;
/** An event that has no number yet. */
export type JobEventData = Unnumbered<JobEvent>;

/** The job of a resource. */
export const MakingJobId = JobId.openapi({
  description: "The job that makes it, or made it: its record may have been deleted since.",
});

/** State of a resource that a job makes. */
export const ResourceStatus = z.enum(["pending", "ready", "failed", "cancelled"]);
export type ResourceStatus = z.infer<typeof ResourceStatus>;

/** Headers of every POST that creates a resource. */
export const CreationHeaders = z.object({
  "idempotency-key": text(200).min(1).optional().openapi({
    description:
      "A retry of the same request under the same key returns what the first made; another method, path, query or body under it is refused.",
  }),
  prefer: text(200).optional().openapi({
    description: "`wait=n`: answer when the resource is ready, or after n seconds (60 at most).",
    example: "wait=10",
  }),
  "job-priority": JobPriority.default("normal"),
});
export type CreationHeaders = z.infer<typeof CreationHeaders>;
