import { register } from "tsx/esm/api";

// A thread of a process that was not itself started with the TypeScript loader (a test runner's) has none.
register();
export const { advanceSlice, advanceComparison, seekNeighbours, separate } = await import(
  "./tasks.ts"
);
