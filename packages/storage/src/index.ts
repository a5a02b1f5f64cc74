export { createFileStore } from "./file-store.ts";
export type { Damage, ObjectStore } from "./object-store.ts";
export { openStore } from "./open-store.ts";
