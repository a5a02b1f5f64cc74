import type { JobEvent } from "@hyperface/contracts";
import type { Database } from "../db/database.ts";
import type { jobs } from "../db/schema.ts";

export type JobRow = typeof jobs.$inferSelect;

export const UNFINISHED = ["queued", "running"] as const;
export const isUnfinished = ({ status }: Pick<JobRow, "status">) =>
  status === "queued" || status === "running";

type Progress = Extract<JobEvent, { type: "progress" }>;

type Told = Omit<Progress, "type" | "sequence" | "completed" | "total">;

/** What a slice of a job came to. */
export interface Slice {
  /** Of the job's total; undefined where its pieces tell. */
  completed?: number;
  done: boolean;
  /** Where the next slice goes on from. */
  state: Record<string, unknown>;
  /**
   * Beside completed and total in the progress event, where need be as the transaction that takes the slice finds
   * it; null where nothing is to be told.
   */
  event: Told | null | ((transaction: Database) => Promise<Told>);
  /** Keys of the objects that the next slice goes on from. */
  needs: string[];
  /** Of the last slice: the object that the finished set is stored as. */
  objectKey?: string;
  /** Seconds until the next slice, of a job that waits for others. Default: none. */
  waitSeconds?: number;
  /** Writes what else the slice found, in the transaction that takes it. */
  record?: (transaction: Database) => Promise<unknown>;
}
