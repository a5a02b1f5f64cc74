export * from "./plot.ts";
export * from "./summarise.ts";
