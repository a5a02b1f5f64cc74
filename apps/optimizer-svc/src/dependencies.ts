import type { SolverThreads } from "./threads/threads.ts";

/** What routes are given. */
export interface OptimizerDependencies {
  threads: SolverThreads;
}
