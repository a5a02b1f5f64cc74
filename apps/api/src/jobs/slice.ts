import type { jobs } from "../db/schema.ts";

export type JobRow = typeof jobs.$inferSelect;

/** What a slice of a job came to. */
export interface Slice {
  completed: number;
  done: boolean;
  /** Where the next slice goes on from. */
  state: Record<string, unknown>;
  /** Beside completed and total in the progress event. */
  event: Record<string, unknown>;
  /** Of the last slice: the object that the finished set is stored as. */
  objectKey?: string;
  /** Objects that nobody needs once the slice is recorded; before that, a crash would need them again. */
  obsolete: string[];
}
