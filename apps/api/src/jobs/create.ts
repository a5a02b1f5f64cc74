import { JOB_PRIORITIES, type JobKind, type JobPriority } from "@hyperface/contracts";
import { isTraced, traceCarrier, traced } from "@hyperface/tracing";
import type { Database } from "../db/database.ts";
import { jobs } from "../db/schema.ts";
import { tellChange } from "./events.ts";

const NORMAL = JOB_PRIORITIES.indexOf("normal");
const toNumber = (priority: JobPriority) => JOB_PRIORITIES.indexOf(priority) - NORMAL;
/** As a job's row has it. */
export const priorityOf = (number: number) => JOB_PRIORITIES[number + NORMAL] as JobPriority;

/** A job as a message, by OpenTelemetry's semantic conventions. */
export const messageOf = (operation: "send" | "process", jobId: string) => ({
  "messaging.system": "postgresql",
  "messaging.destination.name": "jobs",
  "messaging.operation.name": operation,
  "messaging.operation.type": operation,
  "messaging.message.id": jobId,
});

interface NewJob {
  id: string;
  kind: JobKind;
  resourceId: string;
  total: number;
  /** Where the first slice begins, where it is not from nothing. */
  state?: Record<string, unknown>;
  priority: JobPriority | undefined;
}

/** A queued job, in the transaction that makes its resource: its row is what workers look for. */
export async function createJob(
  transaction: Database,
  { priority = "normal", ...job }: NewJob,
): Promise<void> {
  const attributes = messageOf("send", job.id);
  await traced("send jobs", { kind: "producer", attributes }, () =>
    transaction.insert(jobs).values({
      ...job,
      status: "queued",
      priority: toNumber(priority),
      trace: isTraced() ? traceCarrier() : null,
    }),
  );
  await tellChange(transaction, job.id);
}
