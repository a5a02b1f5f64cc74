import { createRequire } from "node:module";
import { register } from "tsx/cjs/api";

// As packages/inference/src/thread.mjs.
register();
const require = createRequire(import.meta.url);
export const {
  advanceSlice,
  advanceComparison,
  seekNeighbours,
  findNearest,
  separate,
} = require("./tasks.ts");
