import type { ObjectStore } from "@hyperface/storage";
import type { SolverThreads } from "./threads/threads.ts";

/** What routes are given. */
export interface OptimizerDependencies {
  store: ObjectStore;
  threads: SolverThreads;
}
