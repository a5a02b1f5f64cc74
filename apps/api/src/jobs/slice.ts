import type { jobs } from "../db/schema.ts";
import type { Dependencies } from "../dependencies.ts";
import { advanceGallery } from "../usecases/galleries/advance.ts";
import { advancePacking } from "../usecases/packings/advance.ts";

export type JobRow = typeof jobs.$inferSelect;

/** What a slice of a job came to. */
export interface Slice {
  completed: number;
  done: boolean;
  /** Where the next slice goes on from. */
  state: Record<string, unknown>;
  /** Beside completed and total in the progress event. */
  event: Record<string, unknown>;
}

/** By kind of job: a pure step from its row and the objects it names. */
export const SLICES: Record<JobRow["kind"], (deps: Dependencies, job: JobRow) => Promise<Slice>> = {
  gallery: advanceGallery,
  packing: advancePacking,
};
