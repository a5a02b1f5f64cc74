import { z } from "@hono/zod-openapi";
import { PackingMetrics, PackingPoint } from "./packing.ts";

export const JobStatus = z.enum(["queued", "running", "succeeded", "failed", "cancelled"]);
export type JobStatus = z.infer<typeof JobStatus>;

export const JobKind = z.enum(["gallery", "packing"]);
export type JobKind = z.infer<typeof JobKind>;

/** Why a job failed, as a problem's type and detail say it. */
export const JobError = z.object({ type: z.string(), detail: z.string() }).openapi("JobError");
export type JobError = z.infer<typeof JobError>;

export const JobId = z.string().openapi({ example: "job_m8x2k1c0a3f9d27b6e" });

export const Job = z
  .object({
    id: JobId,
    kind: JobKind,
    resourceId: z.string().openapi({ description: "What it makes: a gallery or a packing." }),
    status: JobStatus,
    completed: z.int().openapi({ description: "Faces found, or iterations done." }),
    total: z.int(),
    error: JobError.nullable(),
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
    }),
    z.object({
      type: z.literal("finished"),
      sequence: z.int(),
      status: JobStatus,
      error: JobError.nullable(),
    }),
  ])
  .openapi("JobEvent");
export type JobEvent = z.infer<typeof JobEvent>;

/** State of a resource that a job makes. */
export const ResourceStatus = z.enum(["pending", "ready", "failed", "cancelled"]);
export type ResourceStatus = z.infer<typeof ResourceStatus>;

/** Headers of every POST that creates a resource. */
export const CreationHeaders = z.object({
  "idempotency-key": z.string().min(1).max(200).optional().openapi({
    description:
      "A retry with the same key and body returns what the first made; another body is refused.",
  }),
  prefer: z.string().max(200).optional().openapi({
    description: "`wait=n`: answer when the resource is ready, or after n seconds (60 at most).",
    example: "wait=10",
  }),
});
export type CreationHeaders = z.infer<typeof CreationHeaders>;
