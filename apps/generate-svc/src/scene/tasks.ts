import { composePortrait } from "./compose.ts";

export const createTasks = () => ({
  compose: (task: Parameters<typeof composePortrait>) => composePortrait(...task),
});
