export * from "./door.ts";
export * from "./normalise.ts";
export * from "./rows.ts";
export * from "./set.ts";
