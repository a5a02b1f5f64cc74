import { createRequire } from "node:module";
import { register } from "tsx/cjs/api";

// As packages/inference/src/thread.mjs.
register();
const require = createRequire(import.meta.url);
const { composePortrait } = require("./compose.ts");

export default (task) => composePortrait(...task);
