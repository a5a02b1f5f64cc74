export * from "./conditions.ts";
export * from "./leakage-page.ts";
export * from "./page.ts";
export * from "./plot.ts";
export * from "./spread.ts";
export * from "./summarise.ts";
