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
  /** Objects that nobody needs once the slice is recorded; before that, a crash would need them again. */
  obsolete: string[];
}
