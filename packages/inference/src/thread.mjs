import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { workerData } from "node:worker_threads";
import { register } from "tsx/cjs/api";

// A thread has no TypeScript loader of its own. This one works within it; that of ES modules would begin another
// thread beside it, of 15 MB.
register();
createRequire(import.meta.url)(fileURLToPath(workerData.module));
