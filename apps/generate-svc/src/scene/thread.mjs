import { register } from "tsx/esm/api";

// A thread of a process that was not itself started with the TypeScript loader (a test runner's) has none.
register();
const { composePortrait } = await import("./compose.ts");

export default (task) => composePortrait(...task);
