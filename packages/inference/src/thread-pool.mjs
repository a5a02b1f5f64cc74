import { workerData } from "piscina";
import { register } from "tsx/esm/api";

// A thread of a process that was not itself started with the TypeScript loader (a test runner's) has none.
register();
const { createTasks } = await import(workerData.module);
const tasks = createTasks(workerData.data);

export default ({ name, input }) => tasks[name](input);
