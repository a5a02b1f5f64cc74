export { createFileStore } from "./file-store.ts";
export type { ObjectStore } from "./object-store.ts";
