import type {
  DatasetSeconds,
  DatasetSpec,
  Gallery,
  JobError,
  JobEventData,
  JobKind,
  JobStatus,
  JobWaiting,
  KeyScope,
  LeakageFigures,
  LeakageSpec,
  ModelReference,
  PackingMetrics,
  PackingSpec,
  ReceivedPhotographs,
  ResourceStatus,
  SweepFigures,
  SweepPoint,
  SweepSpec,
} from "@hyperface/contracts";
import type { TraceCarrier } from "@hyperface/tracing";
import { sql } from "drizzle-orm";
import {
  bigint,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from "drizzle-orm/pg-core";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });
/** The object a set is stored as; null until it is ready. */
const objectKey = () => text("object_key");
const createdAt = instant("created_at").notNull().defaultNow();

/** Ids are sortable by time of creation: lists and cursors order by them. */
export const galleries = pgTable("galleries", {
  id: text().primaryKey(),
  name: text().notNull(),
  source: text().$type<Gallery["source"]>().notNull(),
  status: text().$type<ResourceStatus>().notNull(),
  count: integer().notNull(),
  dimension: integer().notNull(),
  model: jsonb().$type<ModelReference>().notNull(),
  generator: jsonb().$type<ModelReference>(),
  seed: bigint({ mode: "number" }),
  photographs: jsonb().$type<ReceivedPhotographs>(),
  arithmetic: jsonb().$type<string[]>().notNull().default([]),
  jobId: text("job_id"),
  objectKey: objectKey(),
  /** The object that its aligned faces are kept as, one file after another; null where they are not kept. */
  facesKey: text("faces_key"),
  createdAt,
});

/** The files of the archive that a gallery was made of, as far as they have been looked at. */
export const galleryPhotographs = pgTable(
  "gallery_photographs",
  {
    galleryId: text("gallery_id")
      .notNull()
      .references(() => galleries.id),
    /** In the archive, from 0 on. */
    position: integer().notNull(),
    file: text().notNull(),
    sha256: text(),
    /** Its vector's in the set; null where there is none. */
    row: integer(),
    quality: doublePrecision(),
    problem: text(),
    /** Where its aligned face is among those that are kept: the first byte, and how many. */
    faceStart: bigint("face_start", { mode: "number" }),
    faceBytes: integer("face_bytes"),
  },
  (table) => [primaryKey({ columns: [table.galleryId, table.position] })],
);

export const packings = pgTable("packings", {
  id: text().primaryKey(),
  name: text().notNull(),
  status: text().$type<ResourceStatus>().notNull(),
  model: jsonb().$type<ModelReference>().notNull(),
  spec: jsonb().$type<PackingSpec>().notNull(),
  /** Sets by their ids: a gallery's or a packing's. */
  near: text(),
  /** Of `spec.start: set`. */
  start: text(),
  extends: text(),
  repel: text(),
  metrics: jsonb().$type<PackingMetrics>(),
  arithmetic: jsonb().$type<string[]>().notNull().default([]),
  jobId: text("job_id").notNull(),
  objectKey: objectKey(),
  createdAt,
});

export const datasets = pgTable("datasets", {
  id: text().primaryKey(),
  name: text().notNull(),
  status: text().$type<ResourceStatus>().notNull(),
  packingId: text("packing_id").notNull(),
  spec: jsonb().$type<DatasetSpec>().notNull(),
  generator: jsonb().$type<ModelReference>().notNull(),
  /** The embedder. */
  model: jsonb().$type<ModelReference>().notNull(),
  made: integer().notNull().default(0),
  missing: integer().notNull().default(0),
  attempts: integer().notNull().default(0),
  bytes: bigint({ mode: "number" }).notNull().default(0),
  seconds: jsonb().$type<DatasetSeconds>().notNull(),
  warnings: jsonb().$type<string[]>().notNull().default([]),
  jobId: text("job_id").notNull(),
  /** The object that says that it is complete; null until it is. */
  objectKey: objectKey(),
  createdAt,
});

/** What a slice made: the images of some samples that follow each other, with their rows and embeddings. */
export const datasetParts = pgTable(
  "dataset_parts",
  {
    datasetId: text("dataset_id")
      .notNull()
      .references(() => datasets.id),
    /** The first sample, counted over all identities. */
    start: integer().notNull(),
    /** Samples; of some there may be no image. */
    samples: integer().notNull(),
    images: integer().notNull(),
    objectKey: text("object_key").notNull(),
  },
  (table) => [primaryKey({ columns: [table.datasetId, table.start] })],
);

/** What a client downloads of a dataset, by its name there. */
export const datasetFiles = pgTable(
  "dataset_files",
  {
    datasetId: text("dataset_id")
      .notNull()
      .references(() => datasets.id),
    name: text().notNull(),
    objectKey: text("object_key").notNull(),
    bytes: bigint({ mode: "number" }).notNull(),
    sha256: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.datasetId, table.name] })],
);

export const leakageChecks = pgTable("leakage_checks", {
  id: text().primaryKey(),
  name: text().notNull(),
  status: text().$type<ResourceStatus>().notNull(),
  /** Sets by their ids: what is checked may be a dataset. */
  set: text().notNull(),
  reference: text().notNull(),
  spec: jsonb().$type<LeakageSpec>().notNull(),
  model: jsonb().$type<ModelReference>().notNull(),
  figures: jsonb().$type<LeakageFigures>(),
  jobId: text("job_id").notNull(),
  /** The report. */
  objectKey: objectKey(),
  createdAt,
});

export const sweeps = pgTable("sweeps", {
  id: text().primaryKey(),
  name: text().notNull(),
  status: text().$type<ResourceStatus>().notNull(),
  spec: jsonb().$type<SweepSpec>().notNull(),
  jobId: text("job_id").notNull(),
  createdAt,
});

/** What a sweep makes, cell by cell. Cells share a gallery, or a packing, where their points do. */
export const sweepCells = pgTable(
  "sweep_cells",
  {
    sweepId: text("sweep_id")
      .notNull()
      .references(() => sweeps.id),
    cell: integer().notNull(),
    point: jsonb().$type<SweepPoint>().notNull(),
    /** Of a gallery drawn for the sweep. */
    galleryId: text("gallery_id"),
    packingId: text("packing_id"),
    datasetId: text("dataset_id"),
    figures: jsonb().$type<SweepFigures>(),
    error: jsonb().$type<JobError>(),
  },
  (table) => [primaryKey({ columns: [table.sweepId, table.cell] })],
);

/** A job's row is its message too: a worker takes the one that is due longest, and holds it by a lease. */
export const jobs = pgTable(
  "jobs",
  {
    id: text().primaryKey(),
    kind: text().$type<JobKind>().notNull(),
    resourceId: text("resource_id").notNull(),
    /** Of a piece of another job, which other workers than that job's take: no client sees it. Null of a whole one. */
    parentId: text("parent_id"),
    status: text().$type<JobStatus>().notNull(),
    completed: integer().notNull().default(0),
    total: integer().notNull(),
    /** Of JobPriority: -1 low, 0 normal, 1 high. */
    priority: integer().notNull().default(0),
    /** Of the request that asked for it; its slices are of the same. Null where nothing was traced. */
    trace: jsonb().$type<TraceCarrier>(),
    /** Where the next slice goes on from. */
    state: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    /** Slices done; a slice that began from an older number is not taken. */
    version: integer().notNull().default(0),
    /** Slices that failed in a row for reasons that may pass. */
    attempts: integer().notNull().default(0),
    error: jsonb().$type<JobError>(),
    /** The service that its next slice waits for. */
    waiting: jsonb().$type<JobWaiting>(),
    /** From when on a worker may take it; while one has it, the end of its lease. */
    dueAt: timestamp("due_at", { withTimezone: true }).notNull().defaultNow(),
    /** The worker that has it. */
    claimedBy: text("claimed_by"),
    createdAt,
    updatedAt: instant("updated_at").notNull().defaultNow(),
    finishedAt: instant("finished_at"),
  },
  (table) => [
    index("jobs_due").on(table.dueAt).where(sql`finished_at is null`),
    index("jobs_parent").on(table.parentId).where(sql`parent_id is not null`),
  ],
);

/**
 * Objects that are no set's yet: each is written here before it is written to the store, so that what nobody took
 * in the end can be found and deleted.
 */
export const looseObjects = pgTable(
  "loose_objects",
  {
    key: text().primaryKey(),
    /** The job that writes it; null for an upload. */
    jobId: text("job_id"),
    /** From when on it may be deleted; null while its job goes on from it. */
    expiresAt: instant("expires_at"),
  },
  (table) => [index("loose_objects_expiry").on(table.expiresAt)],
);

export const jobEvents = pgTable(
  "job_events",
  {
    jobId: text("job_id")
      .notNull()
      .references(() => jobs.id),
    sequence: integer().notNull(),
    data: jsonb().$type<JobEventData>().notNull(),
    createdAt,
  },
  (table) => [primaryKey({ columns: [table.jobId, table.sequence] })],
);

/** Keys of clients: of the key itself only its hash is kept. */
export const apiKeys = pgTable("api_keys", {
  id: text().primaryKey(),
  name: text().notNull(),
  scope: text().$type<KeyScope>().notNull(),
  /** SHA-256, hex. */
  hash: text().notNull().unique(),
  /** Of the key before its rotation, while that still holds. */
  previousHash: text("previous_hash").unique(),
  previousUntil: instant("previous_until"),
  expiresAt: instant("expires_at"),
  createdAt,
});

/** Requests of each client in its present minute: the table that rate-limiter-flexible asks for. */
export const rateLimits = pgTable("rate_limits", {
  key: text().primaryKey(),
  points: integer().notNull(),
  expire: instant("expire"),
});

/** Who made, changed, deleted or downloaded what. */
export const auditEntries = pgTable(
  "audit_entries",
  {
    id: text().primaryKey(),
    createdAt,
    /** The key's id; null where none was asked for, or none was valid. */
    client: text(),
    method: text().notNull(),
    route: text().notNull(),
    /** With its query. */
    path: text().notNull(),
    status: integer().notNull(),
    /** The answer's Location. */
    made: text(),
    requestId: text("request_id").notNull(),
  },
  (table) => [index("audit_entries_created").on(table.createdAt)],
);

export const idempotencyKeys = pgTable("idempotency_keys", {
  key: text().primaryKey(),
  /** SHA-256 of the whole request. */
  requestHash: text("request_hash").notNull(),
  resourceId: text("resource_id").notNull(),
  createdAt,
});
